import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { ExitCode } from "../model/errors.ts";
import type { RunHistory } from "../model/history.ts";
import type { RunComparison } from "../model/run_comparison.ts";
import { placeStore, withStore } from "../store/testing.ts";
import { makeRun, makeSeries } from "../summary/compare/testing.ts";
import { fixtureEnvironment } from "../summary/testing_record.ts";
import type { Place, Story } from "./story.ts";

const STORE = '--db "$MINE/compared.duckdb"';

/** A store with two series of runs, of which the second is slower, then two single runs, and one of another machine. */
async function makeStore({ mine }: Place): Promise<void> {
  const file = join(mine, "compared.duckdb");
  await placeStore(file);
  await withStore(file, "write", async (store) => {
    const environment = { ...fixtureEnvironment(), cpu: "Another CPU" };
    await makeSeries(store, 5, { label: "base" });
    await makeSeries(store, 5, { label: "slow", gitCommit: "b".repeat(40), factor: 1.2 });
    await makeRun(store, { label: "elsewhere", environment });
    await makeRun(store, { label: "there", environment });
  });
}

/** What can be asked of two stored runs. */
export const COMPARE: readonly Story[] = [
  {
    promise: "two single runs are inconclusive by rule, and what is told says why",
    shown: "npx -y deno task compare latest~1 latest",
    typed: `npx -y deno task compare latest~1 latest --no-pdf ${STORE}`,
    prepare: makeStore,
    ends: ExitCode.ok,
    judge({ stdout }) {
      assert.match(
        stdout,
        /^INCONCLUSIVE: Two single runs cannot tell a change from what runs differ by anyway/m,
      );
      const [, html] = /(\/\S+index\.html)/.exec(stdout)!;
      assert.match(Deno.readTextFileSync(html!), /<h1>access-paths: there against elsewhere<\/h1>/);
      assert.ok(!existsSync(join(html!, "../report.pdf")));
    },
  },
  {
    promise: "two series of runs show a regression, which the exit code says too",
    typed: `deno task compare base slow --json --no-report ${STORE}`,
    ends: ExitCode.verdictFailed,
    judge({ stdout, stderr }) {
      const { verdict, rows, noise } = JSON.parse(stdout) as RunComparison;
      assert.equal(verdict, "regressed");
      assert.ok(rows[0]!.ratio! > 1.15 && rows[0]!.floor! > 1, stdout);
      assert.equal(noise.from, "repeats");
      assert.match(stderr, /^REGRESSED: Slower: /m);
    },
  },
  {
    promise:
      "--markdown writes it as a comment, and anew in its place; the page has a PDF beside it, on the paper named",
    typed: `BENCHBOOK_PAPER=Letter deno task compare base slow --markdown "$MINE/comment.md" ${STORE}`,
    prepare: ({ mine }) =>
      Deno.writeTextFileSync(
        join(mine, "comment.md"),
        "# Ours\n\n<!-- benchbook:compare access-paths -->\nold\n<!-- /benchbook:compare access-paths -->\n\nOurs too.\n",
      ),
    ends: ExitCode.verdictFailed,
    judge({ stdout }, { mine }) {
      const pdf = new TextDecoder("latin1").decode(Deno.readFileSync(/(\/\S+report\.pdf)/.exec(stdout)![1]!));
      assert.match(pdf, /^%PDF-[\s\S]*\/MediaBox \[0 0 612 792\]/);
      const text = Deno.readTextFileSync(join(mine, "comment.md"));
      assert.match(
        text,
        /^# Ours\n\n<!-- benchbook:\S+ \S+ -->\n### Benchmark `access-paths`: \*\*REGRESSED\*\*\n/,
      );
      assert.match(text, /\n<!-- \/benchbook:\S+ \S+ -->\n\nOurs too\.\n$/);
      assert.doesNotMatch(text, /^old$/m);
    },
  },
  {
    promise: "runs of two machines are not comparable",
    typed: `deno task compare base there --no-report ${STORE}`,
    ends: ExitCode.invalid,
    judge: ({ stdout }) => assert.match(stdout, /^Not comparable: [\s\S]*machine +CPU +Fixture CPU/m),
  },
  {
    promise: "--ignore-fingerprint compares them, without a verdict",
    typed: `deno task compare base there --ignore-fingerprint --no-report ${STORE}`,
    ends: ExitCode.ok,
    judge: ({ stdout }) =>
      assert.match(stdout, /^INCONCLUSIVE: No verdict: the runs were made on different machines/m),
  },
  {
    promise:
      "the history of a scenario shows how its response times went from run to run on one machine, and has a page",
    shown: "npx -y deno task history",
    typed: `npx -y deno task history --no-pdf ${STORE}`,
    ends: ExitCode.ok,
    judge({ stdout }) {
      const [, html] = /(\/\S+history\/access-paths\/index\.html)/.exec(stdout)!;
      assert.match(Deno.readTextFileSync(html!), /<h1>access-paths: from run to run<\/h1>/);
      // The newest runs are those of the other machine.
      assert.match(stdout, /^access-paths: 2 runs of the same machine, data set and load/m);
      assert.match(stdout, /^10 runs not shown: they differ in machine or services \(CPU\)\.$/m);
    },
  },
  {
    promise: "--json prints it, of the scenario that is named",
    typed: `deno task history access-paths --json --no-report ${STORE}`,
    ends: ExitCode.ok,
    judge({ stdout }) {
      const { schema, elsewhere, stretches: [only] } = JSON.parse(stdout) as RunHistory;
      assert.deepEqual([schema, elsewhere, only!.runs.length], [1, 10, 2]);
    },
  },
  {
    promise: "a run is exported for other programs, and nothing else in a folder is written over",
    shown: "npx -y deno task export latest",
    typed: `npx -y deno task export latest "$MINE/out" ${STORE}`,
    ends: ExitCode.ok,
    async judge({ stdout }, { mine, type }) {
      assert.match(stdout, /^Wrote 2,400 timings of /m);
      const names = [...Deno.readDirSync(join(mine, "out"))].map(({ name }) => name).sort();
      assert.deepEqual(names, ["metrics.txt", "summary.json", "timings.csv", "timings.parquet"]);
      const lines = Deno.readTextFileSync(join(mine, "out/timings.csv")).trimEnd().split("\n");
      assert.equal(lines.length, 2401);
      assert.match(Deno.readTextFileSync(join(mine, "out/metrics.txt")), /\n# EOF\n$/);
      // Names alone do not say whose files they are.
      Deno.writeTextFileSync(join(mine, "out/summary.json"), "mine");
      const again = await type(`deno task export slow "$MINE/out" ${STORE}`);
      assert.equal(again.code, ExitCode.usage, again.said);
      assert.match(again.said, /as it must be empty: it holds /);
      assert.equal(Deno.readTextFileSync(join(mine, "out/summary.json")), "mine");
    },
  },
];
