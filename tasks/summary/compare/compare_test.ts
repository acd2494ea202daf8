import assert from "node:assert/strict";
import { BenchbookError, ExitCode, UsageError } from "../../model/errors.ts";
import type { RunComparison } from "../../model/run_comparison.ts";
import { compareMarkdown } from "../../report/compare_markdown.ts";
import type { Store } from "../../store/open.ts";
import { placeStore, storeFile, withStore, withTempDir } from "../../store/testing.ts";
import { compareText } from "../../terminal/compare_text.ts";
import { fixtureEnvironment } from "../testing_record.ts";
import { compareRuns } from "./compare.ts";
import { makeRun, makeSeries } from "./testing.ts";

/** A store of its own to put runs into. */
function withRuns(body: (store: Store) => Promise<void>): Promise<void> {
  return withTempDir(async (dir) => {
    await placeStore(storeFile(dir));
    await withStore(storeFile(dir), "write", body);
  });
}

/** `sql order-details p50`, of the rows with a verdict. */
function rowsWith({ rows }: RunComparison, verdict: string): string[] {
  return rows.filter((row) => row.verdict === verdict).map(({ arm, operation, statistic }) =>
    `${arm ?? "all"} ${operation ?? "all"} ${statistic}`
  );
}

Deno.test("repeats show what one operation of one arm has lost, and leave the others alone", () =>
  withRuns(async (store) => {
    await makeSeries(store, 5, { label: "base" });
    const slower = { operation: "order-details", arm: "graphql", factor: 1.3 };
    await makeSeries(store, 5, { label: "slow", gitCommit: "b".repeat(40), slower });
    const found = await compareRuns(store, "base", "slow");
    assert.equal(found.verdict, "regressed", found.reasons.join("\n"));
    assert.deepEqual(rowsWith(found, "improved"), []);
    const regressed = rowsWith(found, "regressed");
    assert.ok(regressed.includes("graphql order-details p50"), regressed.join());
    assert.ok(regressed.every((row) => !row.startsWith("sql")), regressed.join());
    const row = found.rows.find(({ arm, operation, statistic }) =>
      arm === "graphql" && operation === "order-details" && statistic === "p50"
    )!;
    assert.ok(row.low! < 1.3 && 1.3 < row.high!, `${row.low} to ${row.high}`);
    assert.ok(row.floor! > 1 && row.floor! < 1.2, `${row.floor}`);
    assert.ok(row.candidateMs! > row.baseMs!);
    assert.deepEqual([found.base.runs.length, found.candidate.runs.length], [5, 5]);
    assert.deepEqual(found.noise.from, "repeats");
    assert.deepEqual(found.changes.map(({ what }) => what), ["commit"]);
    // The other way round it has improved.
    const back = await compareRuns(store, "slow", "base");
    assert.equal(back.verdict, "improved", back.reasons.join("\n"));
  }));

Deno.test("the same twice is never called different, and equivalent where the noise allows it", () =>
  withRuns(async (store) => {
    await makeSeries(store, 6, { label: "one" });
    await makeSeries(store, 6, { label: "other" });
    const found = await compareRuns(store, "one", "other");
    assert.deepEqual([...rowsWith(found, "regressed"), ...rowsWith(found, "improved")], []);
    assert.equal(found.verdict, "equivalent", found.reasons.join("\n"));
  }));

Deno.test("two single runs are inconclusive by rule, however far apart; history gives the band", () =>
  withRuns(async (store) => {
    await makeRun(store, { label: "one" });
    await makeRun(store, { label: "slow", gitCommit: "b".repeat(40), factor: 3 });
    const alone = await compareRuns(store, "one", "slow");
    assert.equal(alone.verdict, "inconclusive");
    assert.match(alone.reasons[0]!, /^Two single runs cannot tell a change from what runs differ by anyway/);
    assert.ok(
      alone.rows.every(({ verdict, p, floor }) => verdict === "inconclusive" && p === null && floor === null),
    );
    assert.ok(Math.abs(alone.rows[0]!.ratio! - 3) < 0.2, `${alone.rows[0]!.ratio}`);
    // Five more of the base's version, on the same machine and under the same load.
    for (let at = 0; at < 5; at++) await makeRun(store, { factor: 1 + 0.01 * at });
    const known = await compareRuns(store, "one", "slow");
    assert.equal(known.verdict, "regressed", known.reasons.join("\n"));
    assert.equal(known.noise.from, "repeats");
    assert.ok(known.noise.runs >= 6, `${known.noise.runs}`);
  }));

Deno.test("an effect under the noise floor is not called", () =>
  withRuns(async (store) => {
    // The history strays far more than the five runs of either side.
    for (const factor of [0.8, 1.25, 0.75, 1.3, 0.85, 1.2]) await makeRun(store, { factor });
    await makeSeries(store, 5, { label: "base" });
    await makeSeries(store, 5, { label: "slow", gitCommit: "b".repeat(40), factor: 1.1 });
    const found = await compareRuns(store, "base", "slow");
    const [whole] = found.rows;
    assert.ok(whole!.low! > 1, `${whole!.low}`);
    assert.ok(whole!.floor! > whole!.ratio!, `${whole!.floor}`);
    assert.deepEqual(rowsWith(found, "regressed"), []);
    assert.ok(whole!.warnings.some(({ code }) => code === "under-floor"));
  }));

Deno.test("runs of two machines are not comparable, and have no verdict even where that is overridden", () =>
  withRuns(async (store) => {
    await makeSeries(store, 5, { label: "here" });
    const environment = { ...fixtureEnvironment(), cpu: "Other CPU", cores: 8 };
    await makeSeries(store, 5, { label: "there", factor: 2, environment });
    const refused = await compareRuns(store, "here", "there");
    assert.equal(refused.verdict, null);
    assert.match(refused.reasons[0]!, /^Not comparable: the candidate ran with another machine\./);
    assert.deepEqual(refused.differences.map(({ name }) => name), ["CPU", "cores"]);
    assert.deepEqual(refused.rows, []);
    await makeSeries(store, 5, {
      label: "without",
      environment: { services: fixtureEnvironment().services.filter(({ name }) => name !== "redis") },
    });
    const without = await compareRuns(store, "here", "without");
    assert.match(without.reasons[0]!, /^Not comparable: the candidate ran with other services\./);
    const forced = await compareRuns(store, "here", "there", { ignoreFingerprint: true });
    assert.equal(forced.verdict, "inconclusive");
    assert.match(forced.reasons[0]!, /^No verdict: the runs were made on different machines/);
    assert.ok(forced.rows.length > 0 && forced.rows.every(({ verdict }) => verdict === "inconclusive"));
  }));

Deno.test("of other arms and operations what both have is compared, and what one has is named", () =>
  withRuns(async (store) => {
    await makeRun(store, { label: "base" });
    const config = { operations: [{ name: "product-by-id", weight: 3, write: false }] };
    await makeRun(store, { label: "less", arms: ["sql", "sql+cache"], config });
    assert.equal((await compareRuns(store, "base", "less")).verdict, null);
    const found = await compareRuns(store, "base", "less", { ignoreFingerprint: true });
    assert.deepEqual(found.only, {
      base: { arms: ["graphql"], operations: ["order-details"] },
      candidate: { arms: ["sql+cache"], operations: [] },
    });
    assert.deepEqual([...new Set(found.rows.map(({ arm }) => arm))], [null, "sql"]);
    await makeRun(store, { label: "other", arms: ["matview"] });
    const none = await compareRuns(store, "base", "other", { ignoreFingerprint: true });
    assert.equal(none.verdict, null);
    assert.match(none.reasons[0]!, /no arm in common/);
  }));

/** A run with so many requests of each operation over one arm. */
async function makeShort(store: Store, label: string, requests: number): Promise<void> {
  const run = await makeRun(store, { label, arms: ["sql"], slots: 100 });
  await store.rows(
    `DELETE FROM timing WHERE run_id = $run AND slot NOT IN (SELECT slot FROM timing WHERE run_id = $run
      QUALIFY row_number() OVER (PARTITION BY operation_id ORDER BY slot) <= $requests::BIGINT)`,
    { run, requests },
  );
}

Deno.test("one stretch of requests a side has no interval, and too few requests are named as not compared", () =>
  withRuns(async (store) => {
    await makeShort(store, "one", 9);
    await makeShort(store, "other", 9);
    const single = await compareRuns(store, "one", "other");
    assert.equal(single.rows.length, 3);
    assert.ok(
      single.rows.every(({ low, high }) => low === null && high === null),
      JSON.stringify(single.rows),
    );
    const texts = ({ warnings }: RunComparison) => warnings.map(({ text }) => text).join("\n");
    assert.match(texts(single), /^One stretch of requests a side has no interval\.$/m);
    assert.match(
      texts(single),
      /^Not compared: p95 of product-by-id over sql \(9 requests; 72 are needed\), p95 of order-details over sql/m,
    );
    for (const written of [compareMarkdown(single), compareText(single, 120)]) {
      assert.match(written, /Not compared: p95 of/);
      assert.match(written, /One stretch of requests a side has no interval/);
    }
    await makeShort(store, "few", 7);
    assert.match(
      texts(await compareRuns(store, "one", "few")),
      /^Not compared: all operations \(one of them is missing\), product-by-id over sql \(7 requests; 8 are needed\), order-/m,
    );
  }));

Deno.test("a change between runs of which nothing recorded differs is told to be the machine's rather", () =>
  withRuns(async (store) => {
    await makeSeries(store, 5, { label: "base", slots: 300 });
    await makeSeries(store, 5, { label: "slow", slots: 300, factor: 3 });
    await makeSeries(store, 5, { label: "changed", slots: 300, factor: 3, gitCommit: "b".repeat(40) });
    const found = await compareRuns(store, "base", "slow");
    assert.equal(found.verdict, "regressed");
    assert.match(found.reasons[1]!, /^Nothing that is recorded differs between them: the machine is/);
    assert.match(compareMarkdown(found), /Nothing that is recorded differs/);
    const changed = await compareRuns(store, "base", "changed");
    assert.equal(changed.verdict, "regressed");
    assert.doesNotMatch(changed.reasons.join("\n"), /Nothing that is recorded/);
  }));

Deno.test("answers that are not given are no improvement", () =>
  withRuns(async (store) => {
    await makeSeries(store, 5, { label: "base" });
    await makeSeries(store, 5, { label: "failing", factor: 0.5, failing: 0.2 });
    const found = await compareRuns(store, "base", "failing");
    assert.equal(found.verdict, "inconclusive", found.reasons.join("\n"));
    assert.match(
      found.reasons.join("\n"),
      /sql has more requests without an answer: (19|2\d)\S* % against 0 %/,
    );
    await makeSeries(store, 5, { label: "shedding", shed: 0.3 });
    const shed = await compareRuns(store, "base", "shedding");
    const p95 = shed.rows.find(({ arm, statistic }) => arm === "sql" && statistic === "p95")!;
    assert.equal(p95.verdict, "regressed");
    assert.equal(p95.candidateMs, null);
    assert.ok(p95.warnings.some(({ code }) => code === "unserved"));
    assert.ok(shed.errors.every(({ unserved }) => unserved.candidate > 0.2));
  }));

Deno.test("what changed: commit, versions, settings, statements and plans", () =>
  withRuns(async (store) => {
    const plan = (
      node: string,
    ) => [{ Plan: { "Node Type": node, "Relation Name": "orders", Alias: "orders" } }];
    await makeRun(store, {
      label: "old",
      plan: plan("Seq Scan"),
      statement: "SELECT *\nFROM a\nWHERE id = $1",
    });
    const { services } = fixtureEnvironment();
    const [postgres, ...others] = services;
    const environment = {
      deno: "3.0.0",
      services: [
        { ...postgres!, version: "19.0", settings: { ...postgres!.settings, jit: "off" } },
        ...others,
      ],
    };
    await makeRun(store, {
      label: "new",
      gitCommit: null,
      environment,
      plan: plan("Index Scan"),
      statement: "SELECT *\nFROM b\nWHERE id = $1",
    });
    const { changes, statements, plans } = await compareRuns(store, "old", "new");
    assert.deepEqual(changes.map(({ what, base, candidate }) => `${what}: ${base} → ${candidate}`), [
      "commit: 4f1c9ab2d0e37c58a6be1d90f3c2744b8d5e6a10 → not in a Git checkout",
      "Deno: 2.9.6 → 3.0.0",
      "PostgreSQL version: 18.4 → 19.0",
      "PostgreSQL jit: null → off",
    ]);
    assert.equal(statements.length, 4);
    assert.deepEqual(statements[0]!.changes, ["- FROM a", "+ FROM b"]);
    assert.deepEqual(plans.map(({ arm, operation }) => `${arm} ${operation}`), [
      "sql product-by-id",
      "sql order-details",
    ]);
    assert.match(plans[0]!.changes[0]!, /Seq Scan on orders → Index Scan/);
  }));

Deno.test("what cannot be compared is refused in one sentence, with its exit code", () =>
  withRuns(async (store) => {
    const series = await makeSeries(store, 2, { label: "good" });
    await makeRun(store, { label: "interrupted", run: { status: "interrupted" } });
    await makeRun(store, { label: "bad", run: { verdict: "invalid" } });
    await makeRun(store, { label: "empty", slots: 0 });
    await makeRun(store, { label: "moved", run: { kind: "migrate" } });
    await makeRun(store, { label: "search", run: { kind: "find-rate" } });
    const refused = async (candidate: string, error: RegExp, code: number, base = "good") => {
      const thrown = await compareRuns(store, base, candidate).then(() => null, (error) => error);
      assert.ok(thrown instanceof BenchbookError, candidate);
      assert.match(thrown.message, error);
      assert.equal(thrown.exitCode, code, candidate);
      assert.ok(thrown.next, candidate);
    };
    await refused("nothing", /there is no such id or label/, ExitCode.usage);
    await refused("2026", /ids begin so/, ExitCode.usage);
    await refused("interrupted", /Cannot compare interrupted: \S+ it was interrupted/, ExitCode.invalid);
    await refused("bad", /it is INVALID/, ExitCode.invalid);
    await refused("empty", /it has no requests/, ExitCode.invalid);
    await refused("moved", /is a migration under load/, ExitCode.usage);
    await refused("search", /is a search for the highest rate/, ExitCode.usage);
    await refused("good", /they are runs of one series/, ExitCode.usage, series);
    const one = await makeRun(store, { label: "alone" });
    await refused("alone", /they are one run/, ExitCode.usage, one);
    assert.ok(UsageError.prototype instanceof BenchbookError);
  }));

Deno.test("runs of a series that do not count are left out, and named", () =>
  withRuns(async (store) => {
    const id = await makeSeries(store, 6, { label: "base" });
    await store.rows("UPDATE run SET verdict = 'invalid' WHERE run_id = $run", { run: id });
    await makeSeries(store, 5, { label: "same" });
    const found = await compareRuns(store, "base", "same");
    assert.equal(found.base.runs.length, 5);
    assert.equal(found.base.id, id);
    assert.deepEqual(found.base.leftOut, [
      `${id} does not count: it is INVALID, the load generator shaped its numbers.`,
    ]);
    const [, moved] = found.candidate.runs;
    await store.rows(
      `UPDATE run SET environment = json_merge_patch(environment, '{"cores": 99}') WHERE run_id = $run`,
      { run: moved!.runId },
    );
    const apart = await compareRuns(store, "base", "same");
    assert.deepEqual(apart.candidate.runs.map(({ runId }) => runId).includes(moved!.runId), false);
    assert.deepEqual(apart.candidate.leftOut, [
      `${moved!.runId} does not count: its fingerprint is not that of the others.`,
    ]);
  }));
