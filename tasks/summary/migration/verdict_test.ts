import assert from "node:assert/strict";
import type { LedgerProblem, StepRecord } from "../../model/migration.ts";
import type { MigrationSummary, SegmentError } from "../../model/migration_summary.ts";
import type { Run, Verdict } from "../../model/run.ts";
import { parseSlo } from "../../model/slo.ts";
import type { SloResult } from "../../model/summary.ts";
import type { Validity } from "../../model/validity.ts";
import { fixtureRecord } from "../testing_record.ts";
import { exitCodeOf } from "../verdict.ts";
import { FAILING, OVERLOADED, UNSTABLE } from "./baseline.ts";
import { migrationConfig, SECOND } from "./testing.ts";
import { UNSEEN } from "./unseen.ts";
import { impact, quietMigration, stalledMigration } from "./testing_summary.ts";
import { judgeMigration, type MigrationEvidence } from "./verdict.ts";

const VALID = { valid: true, checks: [] } as unknown as Validity;
const STALLED_GENERATOR = {
  valid: false,
  checks: [{
    name: "generator-gap",
    title: "The generator never stalled",
    limit: "no gap above 250 ms",
    measured: "longest 412 ms",
    ok: false,
    cause: null,
  }],
} as unknown as Validity;

function runOf(changes: Partial<Run> = {}): Run {
  const record = fixtureRecord("20260314-092653-1f3a", 23, { slo: null });
  return {
    ...record,
    kind: "migrate",
    status: "complete",
    config: { ...record.config, migration: migrationConfig("g") },
    ...changes,
  };
}

function judged(migration: MigrationSummary, changes: Partial<MigrationEvidence> = {}) {
  return judgeMigration({
    run: runOf(),
    validity: VALID,
    slo: [],
    migration,
    baselineErrors: [],
    ...changes,
  });
}

const error = (changes: Partial<SegmentError> = {}): SegmentError => ({
  segment: "migrate",
  path: "sql",
  kind: "read",
  code: "42703",
  n: 12,
  ...changes,
});

function withStep(changes: Partial<StepRecord>): MigrationSummary {
  const quiet = quietMigration();
  return { ...quiet, steps: quiet.steps.map((step) => ({ ...step, ...changes })) };
}

const quiet = quietMigration();
const ledger = (changes: Partial<MigrationSummary["ledger"]>) =>
  quietMigration({ ledger: { ...quiet.ledger, ...changes } });
const checksums = (changes: Partial<MigrationSummary["checksums"]>) =>
  quietMigration({ checksums: { ...quiet.checksums, ...changes } });
const recovery = (changes: Partial<MigrationSummary["recovery"]>) =>
  quietMigration({ recovery: { ...quiet.recovery, ...changes } });

for (
  const [what, migration, verdict, reason] of [
    [
      "nothing happens",
      quiet,
      "zero-downtime",
      /^No request failed, and the longest stall was 41 ms \(allowed: 250 ms\)\.$/,
    ],
    [
      "nothing at all was pending",
      quietMigration({ stall: null, impacts: [] }),
      "zero-downtime",
      /^No request failed, and nothing stalled/,
    ],
    [
      "only the stall is too long",
      stalledMigration(),
      "brief-pause",
      /^The load stalled for 2\.5 s \(allowed: 250 ms\): all requests from 11\.3 s on, 801 requests pending; they waited for AccessShareLock on northwind\.orders, held up by the migration/,
    ],
    [
      "whose lock it was is not known",
      stalledMigration({
        impacts: [
          impact(null, "all", [1, 2, 3], [1, 2, 3], {
            stall: { ...stalledMigration().stall!, lockOf: "load" },
          }),
        ],
      }),
      "brief-pause",
      /801 requests pending; the load waited most for AccessShareLock on northwind\.orders, held up by/,
    ],
    [
      "no lock was seen",
      stalledMigration({
        impacts: [
          impact(null, "all", [1, 2, 3], [1, 2, 3], { stall: { ...stalledMigration().stall!, lock: null } }),
        ],
      }),
      "brief-pause",
      /801 requests pending; no lock was seen that they waited for\.$/,
    ],
    [
      "clients saw errors",
      quietMigration({ errors: [error(), error({ kind: "write", n: 2 })] }),
      "fail",
      /^14 requests failed while the migration ran \(42703: 14\), most of them reads over sql\.$/,
    ],
    [
      "clients saw errors later",
      quietMigration({ errors: [error({ segment: "recovery", n: 1, code: "timeout" })] }),
      "fail",
      /^1 request failed after the migration \(timeout: 1\), reads over sql\.$/,
    ],
    [
      "clients saw errors throughout",
      quietMigration({ errors: [error(), error({ segment: "recovery" })] }),
      "fail",
      /failed while the migration ran and after it/,
    ],
    [
      "a statement failed",
      withStep({ errorCode: "55P03", error: "canceling statement due to lock timeout" }),
      "fail",
      /^The migration failed \(add-column\/naive\/01-add-column\.sql, statement 1\): canceling statement due to lock timeout \(55P03\)\.$/,
    ],
    [
      "a statement never ended",
      withStep({ endUs: null }),
      "fail",
      /^The migration did not end: .*statement 1 was never over\.$/,
    ],
    [
      "no statement ran",
      quietMigration({ steps: [] }),
      "fail",
      /^Of 1 statement of the migration only 0 ran\.$/,
    ],
    [
      "rows changed",
      checksums({ different: ["northwind.orders 1 to 830: other values"] }),
      "fail",
      /^Rows that the load does not write have changed, in 1 of 40 key ranges: northwind\.orders 1 to 830: other values\.$/,
    ],
    [
      "many rows changed",
      checksums({ different: ["a", "b", "c", "d"] }),
      "fail",
      /in 4 of 40 key ranges: a; b; c; …\.$/,
    ],
    [
      "it did not recover",
      recovery({
        state: "not recovered",
        afterSeconds: null,
        lacking: ["p95", "hit rate"],
        settledSeconds: 0,
      }),
      "fail",
      /^The load did not recover within 8 s after the migration: p95 and hit rate were not back to the baseline\.$/,
    ],
    [
      "it was about to recover when the run ended",
      recovery({ state: "not recovered", afterSeconds: null, lacking: ["p95"], settledSeconds: 3 }),
      "inconclusive",
      /^Whether the load recovered is not known: p95 was back to the baseline for the last 3 s of the 8 s after the migration, and it takes 5 s in a row\. Use a longer --duration\.$/,
    ],
    [
      "nobody knows whether it recovered",
      recovery({ state: "unknown", afterSeconds: null }),
      "inconclusive",
      /^Whether the load recovered is unknown/,
    ],
    [
      "the ledger is not complete",
      ledger({ complete: false }),
      "inconclusive",
      /^Not every write could be checked/,
    ],
    [
      "checksums are lacking",
      checksums({ ranges: 0, rows: 0, lacking: "no checksums were taken after the load" }),
      "inconclusive",
      /^Whether rows that the load does not write have changed is unknown: no checksums were taken after the load\.$/,
    ],
    [
      "rows changed, by the change's own code perhaps",
      checksums({
        unclear: ["northwind.orders 1 to 830: other values"],
        own: { sentences: [], code: ["a block of DO"], remade: [] },
      }),
      "inconclusive",
      /other values\. Either they were damaged, or the change did that itself: a block of DO cannot be read beforehand\.$/,
    ],
    [
      "rows changed, and others may have written them",
      checksums({ unclear: ["shop.visitor 1 to 5: other values"] }),
      "inconclusive",
      /other values\. Either they were damaged, or others than the load have written them: that is not known/,
    ],
    [
      "rows changed that others have written",
      checksums({ byOthers: ["shop.visitor 1 to 5: other values"] }),
      "zero-downtime",
      /^No request failed/,
    ],
    [
      "writes are gone whose rows the change removes",
      quietMigration({
        ledger: { ...quiet.ledger, problems: [{ problem: "lost", n: 2, example: "order-update, slot 54" }] },
        checksums: { ...quiet.checksums, own: { ...quiet.checksums.own, ofLoad: ["lost"] } },
      }),
      "inconclusive",
      /^2 writes are acknowledged but missing, such as order-update, slot 54\. Either that is damage, or the change did it itself: it writes such rows, too\.$/,
    ],
    [
      "the baseline was not steady",
      quietMigration({ warnings: [{ code: UNSTABLE, text: "The baseline was not steady." }] }),
      "inconclusive",
      /^The baseline was not steady\.$/,
    ],
    [
      "the baseline was not steady and it stalled",
      stalledMigration({ warnings: [{ code: UNSTABLE, text: "The baseline was not steady." }] }),
      "inconclusive",
      /^The baseline was not steady\.$/,
    ],
    [
      "nobody looked at the locks for a while",
      quietMigration({ warnings: [{ code: UNSEEN, text: "For 3 s nobody looked." }] }),
      "inconclusive",
      /^For 3 s nobody looked\.$/,
    ],
    [
      "nobody looked at the locks and it stalled all the same",
      stalledMigration({ warnings: [{ code: UNSEEN, text: "For 3 s nobody looked." }] }),
      "brief-pause",
      /^The load stalled for 2\.5 s/,
    ],
    [
      "it stalled and did not recover",
      stalledMigration({
        recovery: { state: "not recovered", afterSeconds: null, lacking: ["p95"], settledSeconds: 0 },
      }),
      "fail",
      /^The load stalled for 2\.5 s/,
    ],
    [
      "errors came although the baseline was not steady",
      quietMigration({
        errors: [error()],
        warnings: [{ code: UNSTABLE, text: "The baseline was not steady." }],
      }),
      "fail",
      /^12 requests failed/,
    ],
  ] as const satisfies readonly (readonly [string, MigrationSummary, Verdict, RegExp])[]
) {
  Deno.test(`where ${what} the verdict is ${verdict}, for that reason`, () => {
    const found = judged(migration);
    assert.equal(found.verdict, verdict);
    assert.match(found.reasons[0]!, reason);
    assert.ok(found.reasons.every((text) => /^[A-Z0-9].*\.$/.test(text)), found.reasons.join("\n"));
    const code = { "zero-downtime": 0, "brief-pause": 1, fail: 1, inconclusive: 4 }[verdict];
    assert.equal(exitCodeOf({ verdict: found.verdict, run: runOf() }), code);
  });
}

for (
  const [problem, n, sentence] of [
    ["lost", 2, "2 writes are acknowledged but missing, such as write 7."],
    ["duplicate", 1, "1 write is present more than once: write 7."],
    ["overwritten", 3, "3 writes are present with other values than were written, such as write 7."],
    ["reordered", 3, "3 writes are overwritten by an earlier write of the same row, such as write 7."],
    ["refused but present", 3, "3 writes are refused by the server but present, such as write 7."],
  ] as const satisfies readonly (readonly [LedgerProblem, number, string])[]
) {
  Deno.test(`a write that is ${problem} fails a migration that nobody felt, whatever the generator did`, () => {
    const migration = ledger({ problems: [{ problem, n, example: "write 7" }] });
    assert.equal(judged(migration).verdict, "fail");
    assert.equal(judged(migration).reasons[0], sentence);
    assert.ok(!judged(migration).reasons.some((reason) => /are present exactly once/.test(reason)));
    const doubtful = judged(migration, { validity: STALLED_GENERATOR });
    assert.equal(doubtful.verdict, "fail");
    assert.match(doubtful.reasons[1]!, /^The generator shaped the result: .*longest 412 ms\.$/);
  });
}

Deno.test("a naive form that nobody felt is not called safe: its lock was short, and says so", () => {
  const { migration, steps: [ran] } = stalledMigration();
  const short = quietMigration({
    migration,
    steps: [{ ...ran!, locks: ran!.locks.map((lock) => ({ ...lock, heldUs: 117_000 })) }],
  });
  assert.equal(judged(short).verdict, "zero-downtime");
  assert.equal(
    judged(short).reasons.at(-1),
    "This does not make the naive form safe: AccessExclusiveLock on northwind.orders was held for only 117 ms here, and a " +
      "larger table is locked for longer.",
  );
  assert.ok(!judged(quietMigration()).reasons.some((text) => /naive/.test(text)));
});

Deno.test("a stall that began after the migration, with no lock behind it, is told and not held against it", () => {
  const late = {
    ...stalledMigration().stall!,
    ms: 790,
    fromUs: 20.2 * SECOND,
    untilUs: 20.99 * SECOND,
    path: "sql",
    kind: "write",
    lock: null,
  } as const;
  const migration = quietMigration({
    impacts: [impact("sql", "write", [2, 3, 4], [2, 3, 4], { stall: late, caused: quiet.stall })],
    stall: late,
  });
  const { verdict, reasons } = judged(migration);
  assert.equal(verdict, "inconclusive");
  assert.equal(
    reasons[0],
    "The load stalled for 790 ms (allowed: 250 ms): writes over sql from 20.2 s on, 5.2 s after the migration had ended, " +
      "801 requests pending; no lock was seen that they waited for. So nothing says that it was the migration's.",
  );
  assert.equal(reasons[1], "No request failed.");
  const both = judged({ ...migration, impacts: [...migration.impacts, ...stalledMigration().impacts] });
  assert.equal(both.verdict, "brief-pause", "another one is its own");
  assert.match(both.reasons[0]!, /^The load stalled for 2\.5 s .*held up by the migration/);
});

Deno.test("where requests took as long before, neither a stall nor what did not come back is held against the migration", () => {
  const text = "Before the migration began p95 of reads over graphql was already 3.27 s.";
  const stalled = stalledMigration({
    warnings: [{ code: OVERLOADED, text }],
    recovery: { state: "not recovered", afterSeconds: null, lacking: ["p95"], settledSeconds: 0 },
  });
  const { verdict, reasons } = judged(stalled);
  assert.equal(verdict, "inconclusive");
  assert.equal(reasons[0], text);
  assert.match(reasons[1]!, /^The load did not recover within 8 s/);
  assert.match(reasons[2]!, /^The load stalled for 2\.5 s/);
  assert.equal(judged({ ...stalled, errors: [error()] }).verdict, "fail", "clients saw errors");
});

Deno.test("a stall of which a lock explains a part alone says how much", () => {
  const stalled = stalledMigration();
  const of = (lockMs: number) => {
    const caused = { ...stalled.stall!, ms: 10_800, lockMs };
    const impacts = stalled.impacts.map((each) => ({ ...each, stall: caused, caused }));
    return judged({ ...stalled, stall: caused, impacts }).reasons[0]!;
  };
  assert.match(of(3650), /^The load stalled for 10\.8 s \(allowed: 250 ms\), 3\.65 s of it behind a lock: /);
  assert.match(of(10_500), /^The load stalled for 10\.8 s \(allowed: 250 ms\): /);
});

Deno.test("a pause says what a brief pause is, however long it was", () => {
  const { verdict, reasons: [stall, meaning] } = judged(stalledMigration());
  assert.equal(verdict, "brief-pause");
  assert.match(stall!, /^The load stalled for 2\.5 s/);
  assert.match(meaning!, /only the stall was too long, and no request failed\.$/);
});

Deno.test("a run whose generator shaped it is invalid, however long it stalled, and an exit code says so", () => {
  const { verdict, reasons } = judged(stalledMigration(), { validity: STALLED_GENERATOR });
  assert.equal(verdict, "invalid");
  assert.match(reasons[0]!, /^The generator shaped the result/);
  assert.equal(exitCodeOf({ verdict, run: runOf() }), 4);
});

Deno.test("errors that came as often before it began are not the migration's, and tell nothing", () => {
  const before = [error({ segment: "baseline", n: 30 })];
  const same = judged(quietMigration({ errors: [error()] }), { baselineErrors: before });
  assert.equal(same.verdict, "inconclusive");
  assert.match(same.reasons[0]!, /^12 requests failed .* They did so before, too\.$/);
  const more = judged(quietMigration({ errors: [error({ n: 300 })] }), { baselineErrors: before });
  assert.equal(more.verdict, "fail");
  const other = judged(quietMigration({ errors: [error(), error({ code: "42P01", n: 1 })] }), {
    baselineErrors: before,
  });
  assert.equal(other.verdict, "fail");
  assert.match(other.reasons[0]!, /^1 request failed while the migration ran \(42P01: 1\)/);
});

Deno.test("a load that failed before the migration as much as no target allows fails no migration, however much it failed then", () => {
  const timeout = (changes: Partial<SegmentError>) =>
    error({ path: "graphql", kind: "read", code: "timeout", ...changes });
  const baselineErrors = [timeout({ segment: "baseline", n: 1352 })];
  const text = "The load failed before the migration began: 25.4 % of 5,320 requests over graphql.";
  const warnings = [{ code: OVERLOADED, text: "p95 was 5.01 s." }, { code: FAILING, text }];
  const migration = (...errors: SegmentError[]) => quietMigration({ errors, warnings });
  const missed = { ...result("errors<1%", 1, false), arm: "graphql" };
  const found = judged(migration(timeout({ n: 1064 }), timeout({ n: 90, code: "shed" })), {
    baselineErrors,
    slo: [missed],
  });
  assert.equal(found.verdict, "inconclusive");
  assert.equal(found.reasons[0], text);
  assert.match(found.reasons[1]!, /^1,154 requests failed .* They did so before, too\.$/);
  assert.match(found.reasons[2]!, /^graphql misses errors < 1 %.* It did so before, too\.$/);
  for (const other of [timeout({ code: "40P01", n: 1 }), timeout({ path: "sql", n: 400 })]) {
    const { verdict, reasons } = judged(migration(timeout({ n: 1064 }), other), { baselineErrors });
    assert.equal(verdict, "fail", "what nobody saw before is the migration's");
    assert.match(reasons[0]!, new RegExp(`failed while the migration ran \\(${other.code}: ${other.n}\\)`));
  }
  const lost = [{ problem: "lost" as const, n: 1, example: "order-insert, client 1, write 5, slot 17" }];
  const { ledger } = quietMigration();
  const damaged = { ...migration(timeout({ n: 1064 })), ledger: { ...ledger, problems: lost } };
  assert.equal(
    judged(damaged, { baselineErrors }).verdict,
    "fail",
    "a lost write is a fact whatever was before",
  );
});

Deno.test("a target of response time that was missed before is not held against the migration", () => {
  const slow = quietMigration({ impacts: [impact("sql", "read", [2, 300, 310], [2, 400, 410])] });
  const found = judged(slow, { slo: [result("p95<200ms", 400, false)] });
  assert.equal(found.verdict, "inconclusive");
  assert.equal(found.reasons[0], "sql misses p95 < 200 ms: 400 ms. It did so before, too.");
});

for (const status of ["interrupted", "crashed"] as const) {
  Deno.test(`a run that was ${status} has no verdict, and says what is known of the data all the same`, () => {
    const lost = ledger({ problems: [{ problem: "lost", n: 2, example: "write 7" }] });
    const migration = { ...lost, steps: withStep({ endUs: null }).steps };
    const run = {
      ...runOf({ status }),
      environment: { ...runOf().environment, left: ["The clone is left."] },
    };
    const { verdict, reasons } = judged(migration, { run });
    assert.equal(verdict, null);
    assert.match(reasons[0]!, /^The run (was interrupted|crashed)/);
    assert.match(reasons[1]!, /^The migration did not end/);
    assert.match(reasons[2]!, /^2 writes are acknowledged but missing/);
    assert.equal(reasons.at(-1), "The clone is left.");
    assert.equal(exitCodeOf({ verdict, run }), status === "interrupted" ? 130 : 3);
  });
}

function result(slo: string, value: number | null, ok: boolean): SloResult {
  const [term] = parseSlo(slo);
  const warnings = value === null
    ? [{ code: "not-estimable", text: "p95 is not estimable from 40 requests." }]
    : [];
  const measured = { value, low: null, high: null, level: 0.95, warnings };
  const { limit, unit, text } = term!;
  return {
    term: term!,
    text,
    arm: "sql",
    operation: null,
    stream: null,
    limit,
    measured,
    unit,
    margin: null,
    ok,
    windows: null,
  };
}

Deno.test("other targets hold while the migration runs, or it fails; of one that could not be judged nothing is claimed", () => {
  const missed = judged(quiet, { slo: [result("p95<200ms", 300, false), result("stall<250ms", 41, true)] });
  assert.equal(missed.verdict, "fail");
  assert.equal(missed.reasons[0], "sql misses p95 < 200 ms: 300 ms.");
  const unknown = judged(quiet, { slo: [result("p95<200ms", null, false)] });
  assert.equal(unknown.verdict, "inconclusive");
  assert.equal(
    unknown.reasons[0],
    "Not judged while the migration ran: p95<200ms (sql). p95 is not estimable from 40 requests.",
  );
});

Deno.test("a request that waited longer than a stall may take is told of where others went on", () => {
  const { waits } = stalledMigration();
  const told = (migration: MigrationSummary) =>
    judged(migration).reasons.filter((reason) => /^A request waited/.test(reason));
  assert.deepEqual(told(quietMigration({ waits })), [
    "A request waited 2.49 s for AccessShareLock on northwind.orders, while others of its path were answered: that is no " +
    "stall.",
  ]);
  assert.equal(judged(quietMigration({ waits })).verdict, "zero-downtime");
  assert.deepEqual(told(quietMigration({ waits: waits.filter(({ role }) => role === "migration") })), []);
  assert.deepEqual(told(stalledMigration()), [], "the stall says it");
});

Deno.test("a brief pause is a success where it is allowed, and nothing else becomes one by that", () => {
  const allowing = runOf();
  const config = { ...allowing.config, migration: { ...migrationConfig("g"), allow: ["brief-pause"] } };
  const run = { ...allowing, config };
  assert.equal(exitCodeOf({ verdict: "brief-pause", run }), 0);
  assert.deepEqual(
    (["fail", "inconclusive", "invalid"] as const).map((verdict) => exitCodeOf({ verdict, run })),
    [1, 4, 4],
  );
  const bench = { ...run, config: fixtureRecord("x", 10).config };
  assert.equal(exitCodeOf({ verdict: "inconclusive", run: bench }), 0, "of a bench that is no failure");
});
