import assert from "node:assert/strict";
import type { Findings } from "../selfbench/finding.ts";
import { smokeOf } from "../selfbench/sizes.ts";
import type { SeedBenchResult } from "../selfbench/seed/result.ts";
import type { Story } from "./story.ts";

/** The quickest part. */
export const STORE: Story = {
  promise: "selfbench store says how fast timings are stored, and what one takes",
  typed: `deno task selfbench store ${smokeOf("store").join(" ")} --json`,
  ends: 0,
  judge({ stdout }) {
    const { findings } = JSON.parse(stdout) as Findings;
    assert.deepEqual(findings.map(({ unit }) => unit), ["rows/s", "rows/s", "bytes", "µs"]);
  },
};

/** Benchbook against its peers, as far as tests of the parts do not tell it. */
export const SELFBENCH: readonly Story[] = [
  STORE,
  {
    promise: "selfbench truth says how often a change is found, and how often one that is none",
    typed: `deno task selfbench truth ${smokeOf("truth").join(" ")}`,
    ends: 0,
    judge: ({ stdout }) => assert.match(stdout, /Of 2 runs each/),
  },
  {
    promise: "selfbench truth shows the tables that are asked for",
    typed: `deno task selfbench truth --tables confirm ${smokeOf("truth").join(" ")}`,
    ends: 0,
    judge({ stdout }) {
      assert.match(stdout, /measured again where something looks slower/);
      assert.doesNotMatch(stdout, /Of 2 runs/);
    },
  },
  {
    promise: "selfbench truth redraws recorded runs, and says so where there are none",
    typed: "deno task selfbench truth --db reports/none.duckdb",
    ends: 2,
    judge: ({ stderr }) =>
      assert.match(stderr, /Cannot read runs from .*none\.duckdb: there are no runs yet/),
  },
  {
    promise: "selfbench predict holds the stall that was predicted against the one that users saw",
    typed: `deno task selfbench predict ${smokeOf("predict").join(" ")} --only rename-column --json`,
    ends: 0,
    judge({ stdout }) {
      const { findings } = JSON.parse(stdout) as Findings;
      assert.deepEqual(findings.map(({ what }) => what), [
        "predicted stall of rename-column",
        "stalls that were predicted",
      ]);
      assert.ok(findings[0]!.ours!.median >= 0 && findings[0]!.theirs!.median >= 0);
    },
  },
  {
    promise: "selfbench moves has clients race with the switch to a new server",
    shown: "npx -y deno task selfbench moves",
    typed: `npx -y deno task selfbench moves ${
      smokeOf("moves").join(" ")
    } --only races --scale tiny --rate 100 --json`,
    ends: 0,
    judge({ stdout }) {
      const { findings, notMeasured } = JSON.parse(stdout) as Findings;
      assert.deepEqual(findings.map(({ ours, unit, note, reached }) => [ours!.median, unit, note, reached]), [
        [1, "of 1", null, true],
        [1, "of 1", null, true],
      ]);
      assert.equal(notMeasured.length, 2);
    },
  },
  {
    promise: "selfbench probe holds pauses and lost writes that are made on purpose against what is told",
    shown: "npx -y deno task selfbench probe",
    typed: `npx -y deno task selfbench probe ${smokeOf("probe").join(" ")} --rate 400 --lose 50 --json`,
    ends: 0,
    judge({ stdout }) {
      const { findings } = JSON.parse(stdout) as Findings;
      const whole = findings.filter(({ goal }) => goal !== null);
      assert.deepEqual(whole.map(({ what }) => what), [
        "pauses of 20 ms told within 5 ms",
        "pauses of 100 ms told within 5 ms",
        "pauses of 1 s told within 5 ms",
        "lost writes told",
      ]);
      // How exact the machine lets pauses be told is not for a test to judge; writes that are lost are.
      assert.equal(whole[3]!.reached, true, JSON.stringify(whole[3]));
    },
  },
  {
    promise: "selfbench cache says what a hit costs, and how often a hot key that expires is loaded",
    shown: "npx -y deno task selfbench cache",
    typed: `npx -y deno task selfbench cache ${smokeOf("cache").join(" ")} --json`,
    ends: 0,
    judge({ stdout }) {
      const { findings } = JSON.parse(stdout) as Findings;
      assert.equal(findings[0]!.peer, "ioredis GET");
      const loads = findings.slice(1).filter(({ what }) => what.startsWith("loads an expiry"));
      assert.deepEqual(loads.map(({ what }) => what.split(", ")[1]), [
        "no protection",
        "single flight",
        "XFetch",
        "both",
      ]);
      // How many come in a few seconds is chance, but not for the one load that single flight lets through.
      assert.equal(loads[1]!.ours?.high ?? 1, 1);
    },
  },
  {
    promise: "selfbench tiers predicts where a view breaks even, and holds that against what it measures",
    shown: "npx -y deno task selfbench tiers",
    typed: `npx -y deno task selfbench tiers ${smokeOf("tiers").join(" ")} --json`,
    ends: 0,
    judge({ stdout }) {
      const { findings } = JSON.parse(stdout) as Findings;
      // A run of seconds need not tell where that is.
      assert.deepEqual(findings.map(({ what, goal }) => [what, goal]), [
        ["break-even of a view's refreshes, predicted by one run", "within 15 %"],
      ]);
    },
  },
  {
    promise:
      "selfbench verdicts counts what real runs say of twins, and of an operation that is a tenth slower",
    typed: `deno task selfbench verdicts ${smokeOf("verdicts").join(" ")} --json`,
    ends: 0,
    judge({ stdout }) {
      const { findings, notMeasured } = JSON.parse(stdout) as Findings;
      assert.deepEqual(findings.map(({ what }) => what.replace("product-list", "…")), [
        "runs of twins with a false verdict",
        "runs that find … slower",
        "how much slower … was measured",
      ]);
      // How quick the machine is, and what a run of seconds finds, is not for a test to judge.
      assert.ok(findings.some(({ ours }) => ours !== null) || notMeasured.length > 0);
    },
  },
  {
    promise: "selfbench report says what the report of a very large run takes, and how large it is",
    typed: `deno task selfbench report ${smokeOf("report").join(" ")} --json`,
    ends: 0,
    judge({ stdout }) {
      const { findings } = JSON.parse(stdout) as Findings;
      assert.deepEqual(findings.map(({ unit }) => unit), ["s", "s", "MB", "MB", "s", "MB", "s"]);
      // How fast it is, is not for a test to judge; how large, is the same everywhere.
      assert.deepEqual([findings[3]!.reached, findings[5]!.reached], [true, true]);
    },
  },
  {
    promise: "selfbench seed takes either data set, of any seed",
    typed:
      "deno task selfbench seed --dataset events --scale tiny --seed 3 --workers 1 --pairs 1 --whole-pairs 1 --json",
    ends: 0,
    judge({ stdout }) {
      const { dataset, scale } = JSON.parse(stdout) as SeedBenchResult;
      assert.deepEqual([dataset, scale], ["events", "tiny"]);
    },
  },
  {
    promise: "selfbench load says what watching a migration costs, and what users feel of it",
    typed: "deno task selfbench load --only observing --rounds 1 --seconds 1 --scale 1 --json",
    ends: 0,
    judge({ stdout }) {
      const { findings } = JSON.parse(stdout) as Findings;
      const watching = findings.find(({ what }) => what === "CPU time of watching a migration")!;
      assert.ok(watching.ours !== null || watching.note !== null);
      const watched = findings.find(({ what }) => /^response time p50 at 500\/s, watched$/.test(what))!;
      assert.match(watched.note!, /^ratio \d/);
      assert.ok(watched.ratio!.median > 0);
    },
  },
  {
    promise: "selfbench load judges runs of scenarios that are disturbed, and of those that are not",
    typed:
      "deno task selfbench load --only validity --runs 1 --others 1 --seconds 1 --conditions healthy --scenarios smoke --json",
    ends: 0,
    judge: ({ stdout }) => assert.ok((JSON.parse(stdout) as Findings).findings.length > 0),
  },
];
