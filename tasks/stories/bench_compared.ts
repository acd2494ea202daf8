import assert from "node:assert/strict";
import { join } from "node:path";
import { ExitCode } from "../model/errors.ts";
import type { RunComparison } from "../model/run_comparison.ts";
import type { RunSummary } from "../model/summary.ts";
import { SUMMARY } from "./short.ts";
import type { Story } from "./story.ts";
import { CACHING } from "./caching.ts";
import { TIERS } from "./tiers.ts";

/** Writes an arm of which one operation takes so much longer that no noise hides it. */
function slowArm(mine: string, root: string): void {
  Deno.mkdirSync(join(mine, "slow"), { recursive: true });
  const sql = Deno.readTextFileSync(join(root, "queries/workloads/access-paths/product-by-id.sql"));
  Deno.writeTextFileSync(
    join(mine, "slow/product-by-id.sql"),
    sql.replace("FROM ", "FROM (SELECT pg_sleep(0.02)) AS slept, "),
  );
  Deno.writeTextFileSync(join(mine, "slow.json"), '{ "queries": "slow" }');
}

/** What bench does that makes more than one run, or compares one with another. */
export const BENCH_COMPARED: readonly Story[] = [
  {
    promise: "--repeat makes runs of one series, which --against compares with a stored run",
    typed: `deno task bench smoke --paths sql --repeat 2 --against latest --label again ${SUMMARY}`,
    async prepare({ type }) {
      // One that the machine's load has made INVALID is none to compare with.
      for (let tries = 3; tries > 0; tries--) {
        const { code } = await type(`deno task bench smoke --paths sql --label before ${SUMMARY}`);
        if (code !== ExitCode.invalid) return;
      }
    },
    ends: ExitCode.ok,
    judge({ stdout, said }) {
      const [first, second] = JSON.parse(stdout) as (RunSummary & { readonly against?: RunComparison })[];
      const { id } = first!.run.config.series!;
      assert.equal(id, first!.run.runId);
      assert.deepEqual([first, second].map((each) => each!.run.config.series), [
        { id, index: 0, of: 2 },
        { id, index: 1, of: 2 },
      ]);
      const { base, candidate, verdict } = second!.against!;
      assert.equal(base.label, "before");
      assert.deepEqual(candidate.runs.map(({ runId }) => runId), [first!.run.runId, second!.run.runId]);
      assert.equal(verdict, "inconclusive");
      assert.match(said, /^2 runs of smoke:$/m);
    },
  },
  {
    promise:
      "--confirm measures again what looks slower, and fails where it is; --markdown says so for a pull request",
    typed:
      'deno task bench --paths sql --arm slow="$MINE/slow.json" --confirm --rate 120 --scale tiny --duration 8s --warmup 300ms --markdown "$MINE/comment.md" --no-report --json',
    prepare: ({ mine, root }) => slowArm(mine, root),
    ends: ExitCode.verdictFailed,
    judge({ said }, { mine }) {
      const comment = Deno.readTextFileSync(join(mine, "comment.md"));
      assert.match(
        comment,
        /^<!-- benchbook:bench access-paths -->\n### Benchmark `access-paths`: \*\*REGRESSED\*\*/,
      );
      assert.match(
        comment,
        /\n- REGRESSED: measured again, [\s\S]*\n\| `slow` \/ `sql` \| `product-by-id` \| median \|/,
      );
      assert.ok(comment.trimEnd().split("\n").length <= 40, comment);
      assert.match(said, /^Measure again: \d+ comparisons? looked slower$/m);
      assert.match(
        said.replaceAll(/\s+/g, " "),
        /REGRESSED: measured again, .*slow is slower in product-by-id's p50 \([\d.,]+×\)/,
      );
    },
  },
  {
    promise: "--plan-for says how long a run must be, and measures for so long; what takes days is refused",
    typed:
      "deno task bench --paths sql --arm twin= --plan-for 0.1% --rate 120 --scale tiny --duration 8s --warmup 300ms --no-report --json",
    ends: ExitCode.usage,
    async judge({ said }, { type }) {
      assert.match(said, /Cannot plan the run, as it must take a day at most: it would take [\d.,]+ days/);
      assert.match(
        said.replaceAll(/\s+/g, " "),
        /nine of ten runs of [\d.,]+ days show 0\.1 % in each .* A day would show/,
      );
      const planned = await type(
        "deno task bench --paths sql --arm twin= --plan-for 100% --rate 120 --scale tiny --duration 8s --warmup 300ms --slo 'errors<1%' --no-report --json",
      );
      assert.ok([ExitCode.ok, ExitCode.invalid].some((code) => code === planned.code), planned.said);
      if (planned.code === ExitCode.ok) {
        assert.match(
          planned.said.replaceAll(/\s+/g, " "),
          /nine of ten runs of [\da-z ]+ show 100 % in each operation's median/,
        );
      }
    },
  },
  {
    promise:
      "--until-decided ends when each comparison is told, within --duration, and says after how many looks",
    typed:
      'deno task bench --paths sql --arm slow="$MINE/slow.json" --until-decided 100% --rate 400 --scale tiny --duration 24s --warmup 300ms --no-report --json',
    prepare: ({ mine, root }) => slowArm(mine, root),
    ends: "judged",
    judge({ said, summary: { untilDecided, comparisons, verdict } }) {
      const { decided, look, looks, seconds, open } = untilDecided!;
      const words = said.replaceAll(/\s+/g, " ");
      // A look that comes too late on a busy machine is left to the next.
      assert.match(words, /(\d of 7 comparisons open|no look) after 30 rounds/);
      // A machine that is disturbed may need all of it.
      assert.equal(seconds < 24, look < looks.length);
      // A run that a busy machine has made INVALID compares nothing.
      if (verdict === "invalid") return;
      assert.equal(decided, open.length === 0);
      // The last look saw what the summary does.
      if (seconds < 24) assert.ok(decided && /\b0 of 7 comparisons open/.test(words));
      assert.match(words, decided ? /Decided after .* and \d+ s/ : /Undecided after all of 3 looks and 24 s/);
      assert.match(words, /repeated confidence intervals, which hold over all looks/);
      const slowed = comparisons.find(({ operation, statistic }) =>
        operation === "product-by-id" && statistic === "p50"
      )!;
      assert.equal(slowed.verdict, "slower");
    },
  },
  {
    promise: "--against a run of another scenario is refused before anything is measured",
    typed: `deno task bench write-heavy --paths sql --against latest ${SUMMARY}`,
    ends: 2,
    judge({ said }) {
      assert.match(
        said,
        /Cannot compare a run of write-heavy with latest: \S+ is a run of (smoke|access-paths)$/m,
      );
    },
  },
  ...TIERS,
  ...CACHING,
];
