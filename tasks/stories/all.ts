import { AGAIN } from "./again.ts";
import { BENCH } from "./bench.ts";
import { BENCH_COMPARED } from "./bench_compared.ts";
import { COMPARE } from "./compare.ts";
import { DATA } from "./data.ts";
import { MIGRATE } from "./migrate.ts";
import { ownServers } from "./own_servers.ts";
import { PROGRAMS } from "./programs.ts";
import { REPOSITORY } from "./repository.ts";
import { scenarioStories } from "./scenarios.ts";
import { SELFBENCH } from "./selfbench.ts";
import { SHOWN } from "./shown.ts";
import { STACK } from "./stack.ts";
import { STORED } from "./stored.ts";
import type { Story } from "./story.ts";

/** Every story, by the test that tells it. */
export const ALL: Readonly<Record<string, readonly Story[]>> = {
  "stories_all_test.ts": scenarioStories(),
  "stories_again_all_test.ts": AGAIN,
  "stories_bench_all_test.ts": BENCH,
  "stories_bench_compared_all_test.ts": BENCH_COMPARED,
  "stories_compare_all_test.ts": COMPARE,
  "stories_data_all_test.ts": DATA,
  "stories_migrate_all_test.ts": MIGRATE,
  "stories_own_servers_all_test.ts": ownServers({
    env: { DATABASE_URL: "postgres://nobody@localhost/nothing", REDIS_URL: "redis://localhost" },
    emptyUrl: "postgres://nobody@localhost/bare",
    graphql: { url: "http://localhost", secrets: new Set() },
  }),
  "stories_programs_all_test.ts": PROGRAMS,
  "stories_repository_all_test.ts": REPOSITORY,
  "stories_selfbench_all_test.ts": SELFBENCH,
  "stories_shown_all_test.ts": SHOWN,
  "stories_stack_all_test.ts": STACK,
  "stories_stored_all_test.ts": STORED,
};

/** What tests elsewhere tell of a task: the options stand in them as words of their own. */
export const ELSEWHERE: readonly { readonly task: string; readonly test: string }[] = [
  { task: "bench", test: "pipeline/testing_nap.ts" },
  { task: "bench", test: "pipeline/find_rate_all_test.ts" },
  { task: "migrate lint", test: "pipeline/lint_task_test.ts" },
  { task: "migrate probe", test: "pipeline/probe_task_test.ts" },
  { task: "migrate probe", test: "pipeline/testing_probe.ts" },
  { task: "migrate probe", test: "pipeline/probe_ends_all_test.ts" },
  { task: "migrate probe", test: "pipeline/probe_scenario_all_test.ts" },
  { task: "selfbench seed", test: "selfbench/seed/task_all_test.ts" },
  { task: "selfbench load", test: "selfbench/load/task_all_test.ts" },
  { task: "selfbench http", test: "selfbench/http/task_all_test.ts" },
];

/** Commands of the pages that are not typed in a story, and the test that is their story. */
export const COMMANDS_ELSEWHERE: Readonly<Record<string, string>> = {
  // It is what runs these tests.
  "npx -y deno task test": "../.ci/run",
  // A story would leave its folder in the checkout; what it tells goes into one of its own.
  "npx -y deno task publish site": "pipeline/publish_task_test.ts",
};
