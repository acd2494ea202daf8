import assert from "node:assert/strict";
import { join } from "node:path";
import type { ProbeSummary } from "../model/probe.ts";
import type { RunSummary } from "../model/summary.ts";
import { run } from "../migrate.ts";
import { asked } from "../probe/testing_standby.ts";
import { sleep } from "../net/sleep.ts";
import { claimHome } from "../stack/home.ts";
import { type Called, inProcess } from "../terminal/testing_in_process.ts";

/** What a probe came to. */
export interface Probed extends Called {
  readonly summary: RunSummary & { readonly probe: ProbeSummary };
}

/** A probe at work in the test's own process. */
export function startProbe(
  url: string,
  home: string,
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Called> {
  claimHome(home);
  return inProcess(() => run(["probe", "--no-report", "--json", ...words]), {
    DATABASE_URL: url,
    GRAPHQL_URL: "",
    BENCHBOOK_HOME: home,
    BENCHBOOK_REPORTS: join(home, "reports"),
    ...env,
  });
}

/** A probe at work in a process of its own, until it is enough. */
export interface ProbeChild {
  /** Waits until it has told something. */
  told(what: RegExp): Promise<void>;
  /** As Ctrl-C does. Resolves with what it came to. */
  enough(): Promise<Probed>;
  /** Ends it where it runs yet, as a test does that has failed. */
  end(): Promise<void>;
}

/** Starts a probe in a process of its own. @param prefix begins its command line */
export function probeChild(
  url: string,
  home: string,
  words: readonly string[],
  env: Readonly<Record<string, string>> = {},
  prefix: readonly string[] = [],
): ProbeChild {
  claimHome(home);
  const [program, ...args] = [
    ...[...prefix, Deno.execPath(), "run", "-A", "--quiet", join(import.meta.dirname!, "../migrate.ts")],
    ...["probe", "--no-report", "--json", ...words],
  ];
  const child = new Deno.Command(program!, {
    args,
    env: {
      DATABASE_URL: url,
      GRAPHQL_URL: "",
      BENCHBOOK_HOME: home,
      BENCHBOOK_REPORTS: join(home, "reports"),
      ...env,
    },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let [stderr, isOver] = ["", false];
  const saying = (async () => {
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) stderr += text;
    isOver = true;
  })();
  const stdout = new Response(child.stdout).text();
  return {
    async end() {
      if (!isOver) child.kill("SIGKILL");
      await Promise.all([child.status, saying, stdout]);
    },
    told: (what) =>
      untilTrue(String(what), () => {
        assert.ok(!isOver, stderr);
        return what.test(stderr.replaceAll(/\s+/g, " "));
      }),
    async enough() {
      child.kill("SIGINT");
      const { code } = await child.status;
      await saying;
      return probedOf({ code, stdout: await stdout, stderr });
    },
  };
}

/** @throws where it told no summary */
export function probedOf(called: Called): Probed {
  assert.notEqual(called.stdout, "", called.stderr);
  return { ...called, summary: JSON.parse(called.stdout) as Probed["summary"] };
}

/** How many writes the ledger of a probe has at a server; 0 where there is none. */
export async function writesAt(url: string): Promise<number> {
  const [schema] = await asked<{ name: string }>(
    url,
    "SELECT nspname AS name FROM pg_namespace WHERE nspname LIKE 'benchbook_probe_%'",
  );
  if (schema === undefined) return 0;
  return (await asked<{ n: number }>(url, `SELECT count(*)::int AS n FROM ${schema.name}.ledger`))[0]!.n;
}

/** Waits for something that a test has made to come. */
export async function untilTrue(what: string, is: () => boolean | Promise<boolean>): Promise<void> {
  for (let left = 15_000; !await is(); left--) {
    assert.ok(left > 0, what);
    await sleep(20);
  }
}
