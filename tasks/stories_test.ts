import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { ALL } from "./stories/all.ts";
import { REPOSITORY } from "./stories/repository.ts";
import { SHORT } from "./stories/short.ts";
import { shown } from "./stories/shown.ts";
import { STORED } from "./stories/stored.ts";
import { type Story, tasksIn } from "./stories/story.ts";
import { tellStories } from "./stories/tell.ts";

/** Through npx, at a terminal, as somebody types it who has nothing but Node. */
const FIRST: Story = {
  ...shown("bench smoke"),
  promise: "the first run of somebody who has npx and a terminal",
  typed: `npx -y deno task bench smoke ${SHORT} --paths sql,sql+cache --no-pdf`,
  atTerminal: (terminal) => terminal.ended,
  judge({ stdout, summary }) {
    assert.match(stdout, /✔ Check that all paths return equal results/);
    assert.match(stdout, /^(PASS|INVALID): /m);
    assert.deepEqual(summary.run.config.arms, ["sql", "sql+cache"]);
  },
};

const doctor = { ...shown("doctor"), typed: "deno task doctor --no-calibrate", judge: () => {} };
const down = shown("down");

/** One of each task; all of them, with every option, are told by `deno task test --all`. */
const STORIES: readonly Story[] = [
  FIRST,
  shown("runs"),
  shown("report latest --no-pdf"),
  // All notebooks are run by a story of `--all`.
  STORED.find(({ promise }) => promise === "notebook opens Jupyter on the notebooks")!,
  shown("seed --scale tiny --verify"),
  shown("clean --writes"),
  doctor,
  shown("up"),
  shown("logs postgres"),
  down,
  ...REPOSITORY.filter(({ promise }) => /^(setup|test runs)\b/.test(promise)),
];

/** Format, lint and types of everything take too long for it; others have a test of their own among the quick ones. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  ok: "stories_repository_all_test.ts",
  docs: "docs/docs_test.ts",
  selfbench: "selfbench/store/task_test.ts",
};

/** The same, and of each task that none of them is about the first that any test tells. */
function oneOfEach(tasks: readonly string[]): Story[] {
  const tellsOf = (task: string) => (story: Story) => tasksIn(story.typed).some((one) => one.task === task);
  const others = tasks.filter((task) => !STORIES.some(tellsOf(task))).map((task) => {
    const story = Object.values(ALL).flat().find(tellsOf(task));
    assert.ok(story !== undefined, `deno task ${task} has no story`);
    return story;
  });
  return [...STORIES, ...others];
}

Deno.test("each task does what README and docs promise", async (t) => {
  const { tasks } = JSON.parse(Deno.readTextFileSync(new URL("../deno.json", import.meta.url)));
  for (const test of Object.values(ELSEWHERE)) assert.ok(existsSync(new URL(test, import.meta.url)), test);
  await tellStories(t, oneOfEach(Object.keys(tasks).filter((name) => !Object.hasOwn(ELSEWHERE, name))));
});
