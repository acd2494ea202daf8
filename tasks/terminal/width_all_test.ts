import assert from "node:assert/strict";
import { resolve } from "node:path";
import { commands } from "../docs/commands.ts";
import { ExitCode } from "../model/errors.ts";
import { withWorkbench } from "../pipeline/testing.ts";
import { HOPELESS, napScenario } from "../pipeline/testing_nap.ts";
import { assertFits, helpsIn, NARROWEST, shownIn, WIDTHS } from "./testing_width.ts";

const SHORT = ["--scale", "tiny", "--duration", "2s", "--warmup", "300ms", "--no-report"];

const root = resolve(import.meta.dirname!, "../..");

type Call = readonly [string, ...string[]];

/** What answers at once. */
const HELP: readonly Call[] = [
  ...Object.values(await commands(root)).map(({ file, words = [] }) => [file, ...words, "--help"] as const),
  ...["load", "http", "seed", "store", "truth"].map((part) => ["selfbench", part, "--help"] as const),
];

/** Tasks as a person calls them, on the least data. */
const WORK: readonly Call[] = [
  ["doctor"],
  ["seed", "--scale", "tiny", "--verify"],
  ["bench", ...SHORT, "--slo", "p95<1s,errors<1%,p99<2s over 1s", "--label", "日本語 ".repeat(30)],
  ["bench", "smoke", ...SHORT, "--concurrency", "2"],
  ["runs"],
  ["up", "--scale", "tiny"],
  ["down"],
  ["clean", "--yes"],
];

function assertShown(call: string, text: string, columns: number): void {
  assert.notEqual(text.trim(), "", call);
  try {
    assertFits(text, columns);
  } catch (error) {
    throw new Error(`deno task ${call}: ${(error as Error).message}`);
  }
}

for (const columns of WIDTHS) {
  Deno.test({
    name: `the help of every task fits into a terminal of ${columns} columns`,
    ignore: Deno.build.os !== "linux",
    async fn() {
      for (const [call, text] of await helpsIn(columns, HELP)) assertShown(call, text, columns);
    },
  });
}

Deno.test({
  name: `every task fits into a terminal of ${NARROWEST} columns`,
  ignore: Deno.build.os !== "linux",
  fn: () =>
    withWorkbench(async (bench) => {
      const { home, reports } = bench;
      const search: Call = ["bench", await napScenario(bench), "--find-rate", ...HOPELESS];
      for (const call of [search, ...WORK]) {
        const env = { BENCHBOOK_HOME: home, BENCHBOOK_REPORTS: reports };
        const { text, code } = await shownIn(NARROWEST, call, env);
        assert.notEqual(code, ExitCode.usage, text);
        assertShown(call.join(" "), text, NARROWEST);
      }
    }),
});
