import assert from "node:assert/strict";
import { exampleRun, exampleSummary } from "../report/testing.ts";
import { exampleSearch } from "../report/testing_find_rate.ts";
import { foundText } from "./find_rate_text.ts";
import { runsText } from "./runs_text.ts";
import { summaryText } from "./summary_text.ts";
import { formatTable } from "./table.ts";

Deno.test("the end of a bench reads the same for the same run", async (t) => {
  await t.assertSnapshot(summaryText(exampleSummary()));
});

Deno.test("the end of an invalid closed-loop run says so first, and names what was not available", async (t) => {
  const run = exampleRun();
  const config = {
    ...run.config,
    loop: "closed" as const,
    ratePerSecond: null,
    concurrency: 8,
    unavailableArms: [{ arm: "sql+cache", reason: "Redis is not installed." }],
  };
  const summary = exampleSummary({
    run: { ...run, config },
    verdict: "invalid",
    reasons: ["The generator paused for 412 ms."],
    operations: [],
    comparisons: [],
  });
  const text = summaryText(summary);
  assert.match(text, /^INVALID: The generator paused/);
  await t.assertSnapshot(text);
});

Deno.test("a missing real-time priority is named where requests are due, and not in a closed loop", () => {
  const run = exampleRun();
  const { validity } = exampleSummary();
  const said = (loop: "open" | "closed") =>
    summaryText(exampleSummary({
      run: { ...run, config: { ...run.config, loop, concurrency: 8 } },
      validity: { ...validity, generator: { ...validity.generator, realTime: false } },
    }));
  assert.match(said("open"), /no real-time priority/);
  assert.doesNotMatch(said("closed"), /real-time priority/);
});

Deno.test("targets over windows show the worst window, and those that cannot be judged are no misses", async (t) => {
  const { slo } = exampleSummary();
  const held = slo.at(-1)!;
  const nothing = { ...held.measured, value: null };
  const summary = exampleSummary({
    verdict: "fail",
    reasons: ["sql misses p95 < 5 ms over 10 s: 7.2 ms from 41 s on, in 4 of 60 windows."],
    operations: [],
    comparisons: [],
    slo: [
      held,
      { ...held, ok: false, text: "p95<5ms over 10s", windows: { ...held.windows!, failed: 4 } },
      {
        ...held,
        ok: false,
        text: "p99.9<1s over 10s",
        measured: nothing,
        windows: { ...held.windows!, judged: 0, tooThin: 63, worstAtUs: null },
      },
      {
        ...held,
        ok: false,
        text: "p50<1s over 5s",
        measured: {
          ...nothing,
          warnings: [{ code: "unbounded", text: "p50 lies among requests that were shed." }],
        },
        windows: { ...held.windows!, failed: 1, tooThin: 0 },
      },
    ],
    steady: [{ arm: "graphql", state: "never", fromUs: null, changes: [] }],
    warnings: [{
      code: "never-steady",
      text:
        "graphql never reached a steady state: 51 s into the run its median response time changed from 6 ms to 9.1 ms.",
    }],
  });
  await t.assertSnapshot(summaryText(summary));
});

Deno.test("no target of an interrupted run passes", () => {
  const text = summaryText(
    exampleSummary({ run: { ...exampleRun(), status: "interrupted" }, verdict: null }),
  );
  assert.doesNotMatch(text, /[✓✗] (pass|fail)/);
  assert.match(text, /– not judged/);
});

Deno.test("a target whose interval reaches over its limit is said to hold perhaps by chance", () => {
  const summary = exampleSummary();
  const [first, ...others] = summary.slo;
  const warnings = [{ code: "straddles-limit", text: "It could be missed by chance." }];
  const near = { ...first!, measured: { ...first!.measured, value: 3.4, low: 2.1, high: null, warnings } };
  const slo = [near, ...others];
  assert.match(
    summaryText({ ...summary, slo }),
    /✓ pass {2}p95<20ms {2}sql: 3\.4 ms \(perhaps by chance: 95 % interval ≥ 2\.1 ms\)$/m,
  );
  const cut = { ...summary, slo, run: { ...exampleRun(), status: "interrupted" as const }, verdict: null };
  assert.doesNotMatch(summaryText(cut), /by chance/);
});

Deno.test("a p95 that was decided stands beside the medians", () => {
  const text = summaryText(exampleSummary());
  const decided = exampleSummary().comparisons.filter(({ statistic, verdict, ratio }) =>
    statistic === "p95" && verdict !== "inconclusive" && ratio !== null
  );
  assert.ok(decided.length > 0);
  assert.equal(text.match(/ {2}p95 {2}.*(slower|faster|equivalent)$/gm)?.length, decided.length);
});

Deno.test("a generator without real-time priority says so, and how to get it", () => {
  const summary = exampleSummary();
  const generator = { ...summary.validity.generator, realTime: false };
  const text = summaryText({ ...summary, validity: { ...summary.validity, generator } });
  assert.match(text, /^Generator: .*no real-time priority \(sudo prlimit --pid \$\$ --rtprio=1/m);
});

Deno.test("the list of runs is a table, and without runs a sentence", async (t) => {
  await t.assertSnapshot(runsText([{ ...exampleRun(), slots: 12_345, search: null }]));
  const paused = { ...exampleRun(), verdict: "brief-pause" as const, slots: 1, search: null };
  assert.match(runsText([paused]), / brief pause$/m);
  assert.equal(runsText([]), "No runs are stored yet. deno task bench makes one.");
});

Deno.test("a list of runs without labels spares their column, so that the requests stay", () => {
  const unlabelled = { ...exampleRun(), label: null, slots: 12_345, search: null };
  const titles = (width: number) => runsText([unlabelled], [], width).split("\n")[0]!.split(/ {2,}/);
  assert.ok(["run", "requests", "result"].every((title) => titles(80).includes(title)), titles(80).join());
  assert.doesNotMatch(runsText([unlabelled], [], 80), /label/);
});

Deno.test("a run that came to its end shows its verdict, another how far it came, and a search is a line of 80 columns", () => {
  const of = (changes: object) => ({
    ...exampleRun(),
    slots: 1,
    search: null,
    label: "x".repeat(30),
    ...changes,
  });
  const lines = (columns: number) =>
    runsText(
      [
        of({ verdict: null }),
        of({ status: "interrupted", verdict: null }),
        of({ status: "crashed", verdict: "fail" }),
        of({ search: exampleSearch() }),
      ],
      [],
      columns,
    ).split("\n").slice(2, 6);
  assert.deepEqual(
    lines(80).map((line) => /measured$|interrupted$|crashed, fail$|sql 1,200/.exec(line)?.[0]),
    [
      "measured",
      "interrupted",
      "crashed, fail",
      "sql 1,200",
    ],
  );
  assert.ok(lines(100).at(-1)!.endsWith(foundText(exampleSearch())), lines(100).join("\n"));
});

Deno.test("a verdict is not cut where the list of runs is narrow, and what a search found only in the end", () => {
  const of = (changes: object) => ({ ...exampleRun(), label: null, slots: 1, search: null, ...changes });
  const search = exampleSearch();
  const list = (columns: number) => runsText([of({ verdict: "zero-downtime" }), of({ search })], [], columns);
  assert.ok(list(80).includes(foundText(search)), list(80));
  assert.match(list(60), / zero-downtime$/m);
  assert.match(list(60), / sql 1,200–1,253\/s, .*…$/m);
});

Deno.test("columns are aligned and nothing trails", () => {
  const columns = [{ title: "a", align: "left" }, { title: "number", align: "right" }] as const;
  assert.equal(
    formatTable(columns, [["long name", "1"], ["x", ""]]).split("\n").join("|"),
    "a          number|─────────  ──────|long name       1|x",
  );
});
