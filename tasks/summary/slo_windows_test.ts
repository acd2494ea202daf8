import assert from "node:assert/strict";
import fc from "fast-check";
import type { Phase } from "../model/run.ts";
import { parseSlo, type ScopeNames, type SloTerm } from "../model/slo.ts";
import { unmeasured } from "../model/summary.ts";
import type { CacheState, Outcome } from "../model/timing.ts";
import { quantile } from "../stats/quantile.ts";
import { openStore, type Store } from "../store/open.ts";
import { withTempDir } from "../store/testing.ts";
import { ranksOf } from "./estimate.ts";
import { judgeable, leastRequests, type SloTarget, targetsOf, violated } from "./slo_target.ts";
import { windowRows, windowVerdict } from "./slo_windows.ts";
import { summarise } from "./summarise.ts";
import { FIXTURE_ARMS, type FixtureOptions, type FixtureRow, fixtureRun } from "./testing.ts";
import { FIXTURE_QUESTIONS } from "./testing_rows.ts";
import { WindowJudge } from "./window_judge.ts";

const NAMES: ScopeNames = {
  arms: FIXTURE_ARMS,
  operations: FIXTURE_QUESTIONS.map(({ name }) => name),
  streams: ["even", "odd"],
};

/** From 20 s to 24 s the system is slow, sheds, fails and lets wait, so that every kind of window occurs. */
function troubled(row: FixtureRow): FixtureRow {
  if (row.intendedUs < 20e6 || row.intendedUs > 24e6) return row;
  const never = { acquiredUs: NaN, sentUs: NaN, doneUs: NaN, rows: -1, bytes: -1 };
  switch (row.slot % 12) {
    case 0:
      return { ...row, ...never, outcome: "shed", error: null };
    case 1:
      return { ...row, ...never, outcome: "unsent", error: null };
    case 2:
      return { ...row, outcome: "failed", error: "53300" };
    case 3:
      return { ...row, outcome: "timeout", error: null, doneUs: row.intendedUs + 2e6 };
    default:
      return { ...row, outcome: "ok", error: null, doneUs: row.doneUs + 6000 };
  }
}

async function withRun(options: FixtureOptions, body: (store: Store, runId: string) => Promise<void>) {
  await withTempDir(async (dir) => {
    const { db, runId } = await fixtureRun(dir, options);
    const store = await openStore(db, { mode: "read" });
    try {
      await body(store, runId);
    } finally {
      store.close();
    }
  });
}

interface Raw {
  readonly arm: string;
  readonly operation: string;
  readonly stream: string;
  readonly measured: boolean;
  readonly intended: number;
  readonly done: number | null;
  readonly outcome: Outcome;
  readonly cache: CacheState | null;
}

const RAW = `SELECT arm, operation, stream, measured, intended_us AS intended, done_us AS done, outcome, cache
  FROM request WHERE run_id = $run`;
const PHASES =
  `SELECT phase_id AS "phaseId", segment, measured, block, arm, start_us AS "startUs", end_us AS "endUs"
  FROM phase WHERE run_id = $run ORDER BY start_us`;

/** What the query must find, from the rows themselves and without any of its tricks. */
function expected(
  { term, arm, operation, stream }: SloTarget,
  raw: readonly Raw[],
  phases: readonly Phase[],
) {
  const judged = phases.filter(({ segment }) => segment !== "warmup");
  const [base, end] = [judged[0]!.startUs, judged.at(-1)!.endUs];
  const own = raw.filter((row) =>
    row.measured && row.arm === arm && (operation ?? row.operation) === row.operation &&
    (stream ?? row.stream) === row.stream
  );
  const windows = [];
  const us = term.windowSeconds === null ? end - base : term.windowSeconds * 1e6;
  for (let atUs = base; atUs + us <= end; atUs += 1e6) {
    const seconds = phases.filter((phase) => phase.measured && phase.arm === arm)
      .reduce(
        (sum, { startUs, endUs }) => sum + Math.max(0, Math.min(endUs, atUs + us) - Math.max(startUs, atUs)),
        0,
      ) / 1e6;
    if (seconds === 0) continue;
    const rows = own.filter(({ intended }) => intended >= atUs && intended < atUs + us);
    const n = (found: (row: Raw) => boolean) => rows.filter(found).length;
    const good = n(({ outcome }) => outcome === "ok");
    const values = rows.filter(({ outcome }) => outcome !== "failed")
      .map(({ outcome, done, intended }) =>
        outcome === "ok" || outcome === "timeout" ? (done! - intended) / 1000 : Infinity
      )
      .sort((a, b) => a - b);
    const lookups = n(({ cache }) => cache !== null);
    const [whole, value] = {
      quantile: [values.length, quantile(values, term.level ?? 1)] as const,
      errors: [rows.length, (rows.length - good) / rows.length] as const,
      shed: [rows.length, n(({ outcome }) => outcome === "shed") / rows.length] as const,
      hit: [lookups, n(({ cache }) => cache === "hit") / lookups] as const,
      throughput: [rows.length, good / seconds] as const,
      stall: [0, null] as const,
    }[term.metric];
    windows.push({ atUs, whole, seconds, value: value! });
  }
  return windows;
}

const TERMS = parseSlo(
  "p95<8ms over 5s, p50<1ms over 10s, max<60ms over 3s, sql: p99<40ms over 20s, product-by-id: p90<6ms over 10s," +
    "sql+cache/product-by-id: p50<1ms over 10s, errors<4% over 5s, shed<1% over 8s, sql+cache: hit>80% over 5s," +
    "throughput>380/s over 3s, stream:odd: p95<8ms over 10s, p95<1s over 90s, graphql: p99.9<1s over 5s",
  NAMES,
);

Deno.test("the windows of every term are those of the raw rows, with the same counts, worst value and time", () =>
  withRun({ change: troubled, streams: NAMES.streams }, async (store, runId) => {
    const raw = await store.rows<Raw>(RAW, { run: runId });
    const phases = await store.rows<Phase>(PHASES, { run: runId });
    const targets = TERMS.flatMap((term) => targetsOf(term, FIXTURE_ARMS, NAMES)!);
    const found = await windowRows(store, runId, targets);
    assert.ok(targets.length > 20);
    const seen = { failed: 0, thin: 0, held: 0, infinite: 0 };
    for (const [at, target] of targets.entries()) {
      const { term } = target;
      const wanted = expected(target, raw, phases);
      const name = `${term.text} ${target.arm}`;
      const rows = found[at]!;
      assert.deepEqual(
        rows.map(({ atUs, whole }) => [atUs, whole]),
        wanted.map((each) => [each.atUs, each.whole]),
        name,
      );
      rows.forEach(({ seconds }, place) => assert.ok(Math.abs(seconds - wanted[place]!.seconds) < 1e-9));
      const judged = wanted.filter(({ whole, seconds }) => judgeable(term, { part: 0, whole, seconds }));
      const bad = judged.filter(({ value }) =>
        term.comparator === "<" ? value >= term.limit : value <= term.limit
      );
      const sign = term.comparator === "<" ? 1 : -1;
      const worst = judged.toSorted((a, b) => sign * (b.value - a.value) || a.atUs - b.atUs)[0];
      const verdict = windowVerdict(term, rows);
      assert.deepEqual(verdict.windows, {
        seconds: term.windowSeconds,
        judged: judged.length,
        tooThin: wanted.length - judged.length,
        failed: bad.length,
        worstAtUs: worst?.atUs ?? null,
      }, name);
      assert.equal(verdict.ok, judged.length > 0 && bad.length === 0);
      const infinite = worst?.value === Infinity;
      assert.equal(verdict.measured.value, infinite ? null : worst?.value ?? null, name);
      assert.equal(infinite, verdict.measured.warnings.some(({ code }) => code === "unbounded"));
      seen.infinite += infinite ? 1 : 0;
      seen.failed += bad.length;
      seen.held += judged.length - bad.length;
      seen.thin += wanted.length - judged.length;
    }
    for (const [kind, n] of Object.entries(seen)) assert.ok(n > 0, kind);
  }));

Deno.test("a judge that sees the rows as they are done tells just the windows that the stored rows miss", () =>
  withRun({ change: troubled, streams: NAMES.streams }, async (store, runId) => {
    const phases = await store.rows<Phase>(PHASES, { run: runId });
    const raw = await store.rows<Raw>(RAW, { run: runId });
    const targets = TERMS.flatMap((term) => targetsOf(term, FIXTURE_ARMS, NAMES)!);
    const missed = (await windowRows(store, runId, targets)).flatMap((rows, at) =>
      rows.filter((row) => judgeable(targets[at]!.term, row) && violated(targets[at]!.term, row))
        .map(({ atUs, part, whole }) =>
          `${targets[at]!.term.text} ${targets[at]!.arm} ${atUs} ${part} ${whole}`
        )
    );
    const judge = new WindowJudge({ terms: TERMS, names: NAMES, phases, longestMs: 2000 });
    // As they were done: what was never sent is known when it was due.
    const rows = raw.toSorted((a, b) => (a.done ?? a.intended) - (b.done ?? b.intended));
    const told: string[] = [];
    const early: number[] = [];
    let nowUs = 0;
    const advance = () => {
      nowUs += 1e6;
      for (const { term, arm, atUs, part, whole } of judge.advance(nowUs)) {
        told.push(`${term.text} ${arm} ${atUs} ${part} ${whole}`);
        early.push(nowUs - atUs - term.windowSeconds! * 1e6);
      }
    };
    for (const { arm, operation, stream, done, intended, outcome, cache } of rows) {
      while ((done ?? intended) >= nowUs + 1e6) advance();
      const keys = judge.keysOf(arm, operation, stream);
      judge.add(keys, done ?? intended, outcome, done === null ? Infinity : done - intended, cache);
    }
    for (let second = 0; second < 5; second++) advance();
    const window = (line: string) => line.split(" ").slice(0, -2).join(" ");
    assert.deepEqual(told.map(window).sort(), missed.map(window).sort());
    assert.equal(new Set(told.map(window)).size, told.length);
    // Rates are told with everything in; quantiles as soon as their limit has passed.
    const rates = (line: string) => /errors|shed|hit|throughput/.test(line);
    assert.deepEqual(told.filter(rates).sort(), missed.filter(rates).sort());
    assert.ok(Math.min(...early) <= 1.01e6);
    assert.ok(Math.max(...early) <= 4e6);
  }));

Deno.test("a judge tells a window while its requests still hang, and is never wrong about it", () => {
  const phases: Phase[] = [{
    phaseId: 0,
    segment: "steady",
    measured: true,
    block: 0,
    arm: "sql",
    startUs: 0,
    endUs: 30e6,
  }];
  const [term] = parseSlo("p95<200ms over 2s");
  const late = fc.record({ dueUs: fc.nat(29e6), responseUs: fc.integer({ min: 1000, max: 1_500_000 }) });
  fc.assert(
    fc.property(fc.array(late, { minLength: 300, maxLength: 600 }), (requests) => {
      const plan = { terms: [term!], names: { arms: ["sql"], operations: [], streams: [] }, phases };
      const judge = new WindowJudge({ ...plan, longestMs: 1500 });
      const rows = requests.map(({ dueUs, responseUs }) => {
        // Half of them quick, so that windows go either way.
        const us = dueUs % 2 === 0 || dueUs < 10e6 ? responseUs / 10 : responseUs;
        return { dueUs, us, doneUs: dueUs + us };
      }).sort((a, b) => a.doneUs - b.doneUs);
      const told = new Set<number>();
      let nowUs = 0;
      for (const { us, doneUs } of [...rows, { us: 0, doneUs: 40e6 }]) {
        for (; nowUs + 1e6 <= doneUs; nowUs += 1e6) {
          judge.advance(nowUs).forEach(({ atUs }) => told.add(atUs));
        }
        if (doneUs < 40e6) judge.add(judge.keysOf("sql", "x"), doneUs, "ok", us, null);
      }
      for (let second = 0; second <= 28; second++) {
        const values = rows.filter(({ dueUs }) => dueUs >= second * 1e6 && dueUs < (second + 2) * 1e6)
          .map(({ us }) => us / 1000).sort((a, b) => a - b);
        const bad = values.length >= leastRequests(term!) && quantile(values, 0.95)! > 200;
        assert.equal(told.has(second * 1e6), bad);
      }
    }),
    { numRuns: 30 },
  );
});

Deno.test("a judge leaves out warm-up, washout, other arms, terms without windows, and windows beyond the end", () => {
  const phase = (
    phaseId: number,
    block: number,
    segment: string,
    arm: string,
    startUs: number,
    endUs: number,
  ): Phase => ({
    phaseId,
    segment,
    measured: segment === "steady",
    block,
    arm,
    startUs,
    endUs,
  });
  const phases = [
    phase(0, 0, "warmup", "a", 0, 1e6),
    phase(1, 1, "washout", "a", 1e6, 2e6),
    phase(2, 1, "steady", "a", 2e6, 3e6),
    phase(3, 2, "steady", "b", 3e6, 5e6),
  ];
  const terms = parseSlo("errors<=0% over 2s,errors<=0%,errors<=0% over 9s,throughput>10/s over 2s");
  const names = { arms: ["a", "b"], operations: [], streams: [] };
  const judge = new WindowJudge({ terms, names, phases, longestMs: 1000 });
  const failed = (arm: string, doneUs: number) =>
    judge.add(judge.keysOf(arm, "x"), doneUs, "failed", 10, null);
  assert.equal(judge.keysOf("a", "x").length, 3);
  failed("a", 0.5e6);
  failed("a", 1.5e6);
  failed("a", 2.5e6);
  failed("b", 4.5e6);
  const told = judge.advance(60e6).map((
    { term, arm, atUs, part, whole, seconds },
  ) => [term.metric, arm, atUs / 1e6, part, whole, seconds]);
  assert.deepEqual(
    told.sort(),
    [
      ["errors", "a", 1, 1, 1, 1],
      ["errors", "a", 2, 1, 1, 1],
      ["errors", "b", 3, 1, 1, 2],
      // No answer within a whole second of its own is no throughput, though nothing was asked.
      ["throughput", "a", 1, 0, 1, 1],
      ["throughput", "a", 2, 0, 1, 1],
      ["throughput", "b", 2, 0, 0, 1],
      ["throughput", "b", 3, 0, 1, 2],
    ].sort(),
  );
  assert.deepEqual(judge.advance(90e6), []);
});

Deno.test("a window can be judged from as many requests as its term needs", () => {
  const least = (text: string) => leastRequests(parseSlo(text)[0]!);
  assert.deepEqual(["p50<1s", "p95<1s", "p99<1s", "p99.9<1s", "max<1s"].map(least), [6, 72, 368, 3688, 1]);
  assert.deepEqual(["errors<1%", "errors<=0%", "shed<0.1%", "hit>80%", "hit>=100%"].map(least), [
    100,
    1,
    1000,
    5,
    1,
  ]);
  fc.assert(fc.property(fc.integer({ min: 1, max: 999 }), (permille) => {
    const [term] = parseSlo(`p${permille / 10}<1s`);
    const n = leastRequests(term!);
    assert.notEqual(ranksOf(n, term!.level!), null);
    assert.equal(n === 1 ? null : ranksOf(n - 1, term!.level!), null);
  }));
});

Deno.test("a quantile violates its limit just where too few lie within it", () => {
  const values = fc.array(fc.oneof(fc.nat(20), fc.constant(Infinity)), { minLength: 1, maxLength: 80 });
  const level = fc.integer({ min: 1, max: 1000 });
  fc.assert(fc.property(values, level, fc.nat(20), (some, permille, limit) => {
    const term: SloTerm = { ...parseSlo("p95<1ms over 1s")[0]!, level: permille / 1000, limit };
    const part = some.filter((value) => value <= limit).length;
    const exact = quantile(some.toSorted((a, b) => a - b), permille / 1000)!;
    assert.equal(violated(term, { part, whole: some.length, seconds: 1 }), exact > limit);
  }));
});

Deno.test("a summary carries windows, and says in its reasons which window was the worst", async () => {
  const slo = "p95<8ms over 5s,sql: errors<50% over 2s,p99.9<1s over 3s,graphql: p50<1s over 2m";
  await withRun({ change: troubled, slo }, async (store, runId) => {
    const summary = await summarise(store, runId);
    assert.equal(summary.verdict, "fail");
    assert.deepEqual(summary.slo.map(({ term, arm }) => [term.scope, term.windowSeconds, arm]), [
      ...FIXTURE_ARMS.map((arm) => [null, 5, arm]),
      ["sql", 2, "sql"],
      ...FIXTURE_ARMS.map((arm) => [null, 3, arm]),
      ["graphql", 120, "graphql"],
    ]);
    assert.match(
      summary.reasons[0]!,
      /^sql misses p95 < 8 ms over 5 s: more than 5 % of the requests were not answered from \d+ s on, in \d+ of \d+ windows\.$/,
    );
    assert.deepEqual(summary.slo.map((result) => result.ok), [
      false,
      false,
      false,
      true,
      false,
      false,
      false,
      false,
    ]);
    assert.deepEqual(summary.slo.slice(4).map(unmeasured), [true, true, true, true]);
    const reasons = summary.reasons.join("\n");
    assert.match(reasons, /^Not judged: p99\.9<1s over 3s \(sql\)\. All \d+ windows/m);
    assert.match(reasons, /^Not judged: graphql: p50.* \(graphql\)\. The measured time has no full window/m);
    const held = summary.slo[3]!;
    assert.ok(held.windows!.judged > 20 && held.windows!.failed === 0 && held.margin! > 0);
    assert.deepEqual(JSON.parse(JSON.stringify(summary.slo)), summary.slo);
  });
});
