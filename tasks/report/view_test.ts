import type { ArmRecord } from "../model/run.ts";
import assert from "node:assert/strict";
import type { RunSummary } from "../model/summary.ts";
import { exampleRun, exampleSummary } from "./testing.ts";
import { buildView } from "./view.ts";

const lagOf = (summary: RunSummary) => buildView(summary, {}).sections.validity!.lag;

Deno.test("the verdict is the first thing said, with its reason", () => {
  const { decision } = buildView(exampleSummary(), {});
  assert.equal(decision.word, "Fail");
  assert.match(decision.sentence, /p95<20ms over graphql measured 24\.1 ms/);
  assert.match(
    decision.against,
    /p95<20ms, errors<1%, hit>80%, sql: p95<10ms over 10s; arms are compared with sql/,
  );
});

Deno.test("a run that was cut short is said to be so before its verdict", () => {
  for (const status of ["interrupted", "crashed"] as const) {
    const summary = exampleSummary({ run: { ...exampleRun(), status }, verdict: "pass" });
    const { decision } = buildView(summary, {});
    assert.match(decision.sentence, new RegExp(status === "crashed" ? "ended early" : "interrupted"));
    assert.equal(decision.tone, "bad");
  }
});

Deno.test("that others kept the machine busy stands on page one, not among the notes, and leaves the verdict", () => {
  const text = "Other programs on this machine used 45 % of its CPU time during the measurement.";
  const summary = exampleSummary({ verdict: "pass", warnings: [{ code: "busy-machine", text }] });
  const { decision, sections } = buildView(summary, {});
  assert.equal(decision.word, "Pass");
  assert.ok(decision.more.includes(text));
  assert.ok(!sections.notes?.footnotes.some((note) => note.text === text));
  assert.ok(!sections.notes?.own.includes(text));
});

Deno.test("no target of a run that was cut short passes or fails", () => {
  for (const status of ["interrupted", "crashed"] as const) {
    const summary = exampleSummary({ run: { ...exampleRun(), status }, verdict: null });
    const outcomes = buildView(summary, {}).decision.thresholds.map(({ outcome }) => outcome);
    assert.deepEqual([...new Set(outcomes)], ["– not judged"]);
  }
});

Deno.test("a closed loop shows no generator lag", () => {
  const run = exampleRun();
  const closed = { ...run, config: { ...run.config, loop: "closed" as const, concurrency: 8 } };
  assert.match(lagOf(exampleSummary({ run: closed })), /^A closed loop has no generator lag/);
  const text = "Generator saturated: its thread used 96 % of a core.";
  const saturated = exampleSummary({ run: closed, warnings: [{ code: "generator-saturated", text }] });
  assert(lagOf(saturated).endsWith(` ${text}`));
});

Deno.test("own tables have no scale to ask for again, and nobody has counted their rows", () => {
  const run = exampleRun();
  const dataset = { ...run.environment.dataset, name: "mine", scale: "own" };
  const own = { ...run, environment: { ...run.environment, dataset } };
  const view = buildView(exampleSummary({ run: own }), {});
  assert.doesNotMatch(view.sections.method!.command, /--scale/);
  const { value } = view.decision.provenance.find(({ name }) => name === "Data")!;
  assert.match(value, /^mine, tables of its own: about [\d,]+ rows, as the server estimates$/);
});

Deno.test("the numbers of an invalid run are marked to be struck through", () => {
  const view = buildView(exampleSummary({ verdict: "invalid", reasons: ["The generator paused."] }), {});
  assert.equal(view.struck, true);
  assert.equal(view.decision.word, "INVALID");
});

Deno.test("a run without targets is measured, not passed", () => {
  const { decision } = buildView(exampleSummary({ verdict: null, slo: [], reasons: [] }), {});
  assert.equal(decision.word, "Measured");
  assert.equal(decision.tone, "neutral");
});

Deno.test("a target over windows says when the worst was, and what could not be judged is not called a miss", () => {
  const summary = exampleSummary();
  const held = buildView(summary, {}).decision.thresholds.at(-1)!;
  assert.equal(held.text, "sql: p95<10ms over 10s");
  assert.equal(held.windows, "worst from 41 s; of 63 windows 3 had too little data, the others hold");
  assert.deepEqual([held.measured.text, held.interval, held.margin], ["7.20 ms", "—", "+28 %"]);
  assert.equal(buildView(summary, {}).decision.thresholds[0]!.windows, null);
  const thin = {
    ...summary.slo.at(-1)!,
    measured: { value: null, low: null, high: null, level: 0.95, warnings: [] },
    windows: { seconds: 10, judged: 0, tooThin: 63, failed: 0, worstAtUs: null },
    ok: false,
    margin: null,
  };
  const [row] = buildView({ ...summary, slo: [thin] }, {}).decision.thresholds;
  assert.equal(row!.outcome, "– not judged");
  assert.equal(row!.windows, "of 63 windows 63 had too little data");
});

Deno.test("the three largest regressions and improvements are certain ones, largest first", () => {
  const { decision } = buildView(exampleSummary(), {});
  assert.equal(decision.regressions.length, 3);
  const ratios = decision.regressions.map(({ ratio }) => parseFloat(ratio));
  assert.deepEqual(ratios, [...ratios].sort((a, b) => b - a));
  assert.ok(decision.improvements.every(({ ratio }) => parseFloat(ratio) < 1));
  assert.ok(decision.improvements.every(({ what }) => !what.startsWith("customer-orders")));
});

Deno.test("a tile says how an arm compares only by the paired estimate with its verdict", () => {
  const summary = exampleSummary();
  // A server that stood still in one block of one arm: its pooled quantiles are a thousand times the others'.
  const frozen = summary.operations.map((row) =>
    row.arm !== "graphql" || row.operation !== null
      ? row
      : { ...row, response: { ...row.response, "0.95": { ...row.response["0.95"]!, value: 9000 } } }
  );
  const open = summary.comparisons.map((row) => ({ ...row, verdict: "inconclusive" as const }));
  const several = buildView({ ...summary, operations: frozen, comparisons: open }, {}).decision;
  for (const { rows } of several.figures) {
    for (const row of rows) assert.equal(row.compared, null, row.arm);
  }
  const only = (verdict: "slower" | "inconclusive") => {
    const comparisons = summary.comparisons.filter(({ operation }) => operation === "product-by-id")
      .map((row) => ({ ...row, verdict }));
    const config = { ...summary.run.config, operations: summary.run.config.operations.slice(0, 1) };
    const { figures } = buildView({ ...summary, run: { ...summary.run, config }, comparisons }, {}).decision;
    return figures.map(({ rows }) => rows.map(({ compared }) => compared));
  };
  const [throughput, p95, p99, errors] = only("slower");
  const none = [null, null, null];
  assert.deepEqual([throughput, p99, errors], [none, none, none]);
  assert.equal(p95![0], null);
  assert.match(p95![1]!.text, /^▲ \d[\d.]*× slower$/);
  assert.equal(p95![1]!.sense, "worse");
  assert.match(only("inconclusive")[1]![1]!.text, /^\? \d[\d.]*× inconclusive$/);
  assert.equal(only("inconclusive")[1]![1]!.sense, "same");
});

Deno.test("every ratio that a table shows stands with its verdict", () => {
  const { cache, graphql } = buildView(exampleSummary(), {}).sections;
  const ratios = [...cache!.tables, ...graphql!.tables].flatMap(({ groups }) =>
    groups.flatMap(({ rows }) => rows.flatMap(({ cells }) => cells.map(({ text }) => text)))
  ).filter((text) => /×/.test(text));
  assert.ok(ratios.length > 0);
  for (const text of ratios) assert.match(text, /^[▲▼=?] [\d.]+× (slower|faster|equivalent|inconclusive)$/);
});

Deno.test("a doubt that many numbers share is one footnote", () => {
  const { notes, operations } = buildView(exampleSummary(), {}).sections;
  assert.deepEqual(notes!.footnotes.map(({ number }) => number), [1]);
  // What nothing refers to has no number.
  assert.match(notes!.own.join("|"), /^This is one run: [^|]*$/);
  const row = operations!.operations.groups[0]!.rows[0]!;
  assert.deepEqual(row.cells.find(({ text }) => text === "14.2 ms")?.notes, [1]);
});

Deno.test("the accounting sums to what was scheduled and says when it does not", () => {
  const summary = exampleSummary();
  assert.match(buildView(summary, {}).sections.validity!.accounting.note, /nothing is missing/);
  const { accounting } = summary;
  const short = exampleSummary({ accounting: { ...accounting, scheduled: accounting.scheduled + 1 } });
  const { ok, note } = buildView(short, {}).sections.validity!.accounting;
  assert.equal(ok, false);
  assert.match(note, /DIFFER/);
});

Deno.test("sections without anything to say are left out of the contents", () => {
  const summary = exampleSummary({ comparisons: [] });
  const bare = { ...summary, operations: summary.operations.filter(({ arm }) => arm === "sql") };
  const ids = buildView(bare, {}).contents.map(({ id }) => id);
  for (const id of ["change", "cache", "graphql", "distribution", "over-time"]) {
    assert.ok(!ids.includes(id), id);
  }
  assert.ok(buildView(bare, { "over-time": "<p></p>" }).contents.some(({ id }) => id === "over-time"));
});

Deno.test("each measured segment has a table of its own where there are several", () => {
  const { operations, ...summary } = exampleSummary();
  const segments = ["baseline", "recovery"].map((segment) => ({ segment, operations }));
  const { contents, sections } = buildView({ ...summary, operations, segments }, {});
  assert.ok(contents.some(({ id }) => id === "segments"));
  assert.deepEqual(sections.segments!.tables.map(({ id }) => id), [
    "table-operations-baseline",
    "table-operations-recovery",
  ]);
  assert.equal(buildView(exampleSummary(), {}).sections.segments, null);
});

Deno.test("the command line asks for the same run, seed included", () => {
  assert.equal(
    buildView(exampleSummary(), {}).sections.method!.command,
    "deno task bench access-paths --scale small --rate 240 --duration 72s --warmup 6s " +
      "--paths sql,graphql,sql+cache --seed 42 --workers 1 --set ttl=45 " +
      "--slo 'p95<20ms,errors<1%,hit>80%,sql: p95<10ms over 10s'",
  );
});

Deno.test("an arm that could not be measured is named with its reason", () => {
  const run = exampleRun();
  const config = {
    ...run.config,
    unavailableArms: [{ arm: "sql+cache", reason: "Redis is not installed." }],
  };
  const view = buildView(exampleSummary({ run: { ...run, config } }), {});
  assert.ok(view.sections.unavailable!.unavailable.includes("The arm sql+cache: Redis is not installed."));
});

Deno.test("a password in a service's address is not shown, wherever it came from", () => {
  const run = exampleRun();
  const services = [{ ...run.environment.services[0]!, address: "postgres://bench:secret@db:5432/shop" }];
  const environment = { ...run.environment, services };
  const view = buildView(exampleSummary({ environment }), {});
  assert.equal(view.sections.servers!.services[0]!.address, "postgres://bench:***@db:5432/shop");
});

Deno.test("instances of one service are told apart by their names, and the only one of its kind needs none", () => {
  const run = exampleRun();
  const [postgres, redis] = run.environment.services;
  const services = [
    { ...postgres!, instance: "postgres", role: "primary" },
    { ...postgres!, instance: "postgres-target", role: "target" },
    { ...redis!, instance: "redis", role: "cache" },
  ];
  const view = buildView(exampleSummary({ environment: { ...run.environment, services } }), {});
  const names = ["PostgreSQL (postgres)", "PostgreSQL (postgres-target)", "Redis"];
  assert.deepEqual(view.sections.servers!.services.map(({ name }) => name), names);
});

Deno.test("that nothing was compared is said to be so, and is no finding", () => {
  const summary = exampleSummary();
  const few = summary.comparisons.map((row) => ({ ...row, p: null, verdict: "inconclusive" as const }));
  const told = (changes: Partial<typeof summary>) =>
    buildView(exampleSummary(changes), {}).decision.notCompared;
  assert.equal(told({}), null);
  assert.match(told({ comparisons: few })!, /^Not compared: too few pairs/);
  assert.match(told({ verdict: "invalid" })!, /^Not compared: the run is invalid/);
  const { groups, note } = buildView(exampleSummary({ comparisons: few }), {}).sections.change!.tables[0]!;
  for (const { rows } of groups) {
    for (const { cells } of rows) assert.equal(cells.at(-1)!.text, "? too few pairs");
  }
  assert.match(note, /for one comparison alone and a verdict accounts for all of them/);
});

Deno.test("of an invalid run that was asked for too much, the overload is said first", () => {
  const text = "sql was overloaded in 20 of 20 blocks: up to 900 requests of a block were shed.";
  const reasons = ["The generator shaped the result."];
  const warnings = [{ code: "overloaded" as const, text }];
  const { decision } = buildView(exampleSummary({ verdict: "invalid", reasons, warnings }), {});
  assert.equal(decision.sentence, text);
  assert.deepEqual(decision.more, reasons);
});

Deno.test("what files of arms describe gives a run its title, and each path by itself the scenario's", () => {
  const summary = exampleSummary();
  const { title } = summary.run.config;
  const titled = (overrides: ArmRecord["overrides"]) => {
    const arms = summary.arms.map((arm) => arm.name === "graphql" ? { ...arm, overrides } : arm);
    const view = buildView({ ...summary, arms }, {});
    return [view.title, view.about];
  };
  assert.deepEqual(titled({}), [title, null]);
  assert.deepEqual(titled({ session: { work_mem: "1MB" } }), ["graphql against sql", title]);
});
