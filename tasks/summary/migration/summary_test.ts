import assert from "node:assert/strict";
import type { LockEvent } from "../../model/migration.ts";
import type { MigrationSummary } from "../../model/migration_summary.ts";
import { CACHE_INVALIDATIONS, type Sample } from "../../model/run.ts";
import type { RunSummary } from "../../model/summary.ts";
import { openRun } from "../../store/read.ts";
import { openStore } from "../../store/open.ts";
import { withTempDir } from "../../store/testing.ts";
import { summarise } from "../summarise.ts";
import { takenPlans } from "../testing_plans.ts";
import type { FixtureRow } from "../testing.ts";
import { exitCodeOf } from "../verdict.ts";
import { cachedArms, cacheText } from "./invalidations.ts";
import { migrationFindings } from "./summary.ts";
import {
  ARMS,
  checksum,
  type MigrationFixture,
  migrationFixture,
  partTimes,
  SECOND,
  SECONDS,
  step,
  wait,
} from "./testing.ts";

const { baselineUs, migrateUs, recoveryUs, endUs } = partTimes(SECONDS);

function summaryOf(options: MigrationFixture = {}): Promise<RunSummary> {
  return withTempDir(async (dir) => {
    const { db, runId } = await migrationFixture(dir, options);
    return await summarise(await openRun(runId, { db }), runId);
  });
}

/** Of the same run what is computed for the migration alone. */
function migrationOf(options: MigrationFixture): Promise<MigrationSummary> {
  return withTempDir(async (dir) => {
    const { db, runId } = await migrationFixture(dir, options);
    const run = (await openRun(runId, { db })).run;
    using store = await openStore(db, { mode: "read" });
    return (await migrationFindings(store, run, 250)).summary;
  });
}

/** A run that nobody felt: many tests only look at it. */
let made: Promise<RunSummary> | undefined;
const quietSummary = () => made ??= summaryOf();

/** Requests sent within a time are answered after its end, but for hits in a cache. */
function heldUp(fromUs: number, untilUs: number): (row: FixtureRow) => FixtureRow {
  return (row) =>
    row.sentUs < fromUs || row.sentUs >= untilUs || row.cache === 0
      ? row
      : { ...row, doneUs: untilUs + row.doneUs - row.sentUs };
}

Deno.test("a migration that nobody felt is one without downtime, and its summary says what proves it", async () => {
  const summary = await quietSummary();
  const migration = summary.migration!;
  assert.equal(summary.verdict, "zero-downtime");
  assert.equal(exitCodeOf(summary), 0);
  assert.deepEqual(summary.reasons, [
    `No request failed, and the longest stall was ${
      migration.stall!.ms.toPrecision(3)
    } ms (allowed: 250 ms).`,
    `All ${migration.ledger.ok.toLocaleString("en-US")} acknowledged writes are present exactly once.`,
    "What the load does not write is unchanged: 830 rows compared, in 1 key range.",
    "The load was back to its baseline as soon as the migration ended.",
    "This does not make the naive form safe: nobody had to wait for its locks here, and a larger table is locked for longer.",
  ]);
  assert.deepEqual(migration.impacts.map(({ path, kind }) => [path, kind]), [
    ...ARMS.flatMap((path) => [[path, "read"], [path, "write"]]),
    [null, "read"],
    [null, "write"],
    [null, "all"],
  ]);
  assert.deepEqual(migration.segments, [
    { segment: "warmup", startUs: 0, endUs: baselineUs },
    { segment: "baseline", startUs: baselineUs, endUs: migrateUs },
    { segment: "migrate", startUs: migrateUs, endUs: recoveryUs },
    { segment: "recovery", startUs: recoveryUs, endUs },
  ]);
  assert.deepEqual([migration.errors, migration.waits, migration.waitCount, migration.warnings], [
    [],
    [],
    0,
    [],
  ]);
  assert.ok(Math.abs(migration.hitRate["baseline"]! - 0.8) < 0.05);
  assert.equal(migration.walBytesPerSecond["migrate"], null);
  assert.deepEqual(migration.invalidations, {
    "sql+cache": { warmup: 0, baseline: 0, migrate: 0, recovery: 0 },
  });
});

Deno.test("what writes outdated in a cache is told of each segment, and of a run that did not count it nothing", async () => {
  const config = { settings: { invalidate: "tags" } };
  const invalidated = (atUs: number, value: number): Sample => ({
    atUs,
    source: "redis",
    metric: CACHE_INVALIDATIONS,
    labels: { arm: "sql+cache" },
    value,
  });
  const samples = (all: Sample[]) => [
    ...all,
    ...[invalidated(0, 0), invalidated(baselineUs, 3), invalidated(migrateUs - 1, 4)],
    ...[invalidated(migrateUs, 5), invalidated(endUs - 1, 6)],
  ];
  const counted = await migrationOf({ config, samples });
  assert.deepEqual(counted.invalidations, {
    "sql+cache": { warmup: 0, baseline: 7, migrate: 5, recovery: 6 },
  });
  assert.match(
    cacheText(counted),
    /^Cache hits: \S+ % before, \S+ % while it ran, \S+ % after\. Invalidations: by writes of sql\+cache 7 before, 5 while it ran, 6 after\.$/,
  );
  const earlier = await migrationOf({ config });
  assert.equal(earlier.invalidations["sql+cache"]!["migrate"], null);
  assert.match(cacheText(earlier), / Invalidations: those by writes of sql\+cache were not counted\.$/);
  const untagged = await migrationOf({});
  assert.match(cacheText(untagged), / Invalidations: none by writes of sql\+cache\.$/);
  const [kept, own] = [{ name: "kept", overrides: {} }, {
    name: "own",
    overrides: { settings: { invalidate: "tags" } },
  }].map((arm) => ({ ...arm, path: "sql+cache" as const }));
  assert.deepEqual(cachedArms({ settings: {} }, [kept!, own!]), { cached: ["kept", "own"], tagged: ["own"] });
  assert.equal(cacheText({ hitRate: {}, invalidations: {} }), "");
});

Deno.test("hits in a cache are left out of what a migration did, and of nothing else", async () => {
  const { migration, operations, segments } = await quietSummary();
  const reads = migration!.impacts.find(({ path, kind }) => path === "sql+cache" && kind === "read")!;
  const cached = segments!.find(({ segment }) => segment === "baseline")!.operations
    .find(({ arm, operation }) => arm === "sql+cache" && operation === "order-by-id")!;
  assert.equal(reads.n.baseline, cached.n - cached.cache!.hit);
  assert.ok(reads.baseline["0.5"]!.value! > 5 * cached.response["0.5"]!.value!);
  assert.deepEqual(
    operations.find(({ arm, operation }) => arm === "sql+cache" && operation === "order-by-id"),
    cached,
  );
});

Deno.test("phases of all arms give each arm its time: rates of a segment divide by how long it was", async () => {
  const { segments, operations, comparisons, steady } = await quietSummary();
  for (const { segment, operations } of segments!) {
    const seconds = { baseline: SECONDS[1], migrate: SECONDS[2], recovery: SECONDS[3] }[segment]!;
    for (const { throughput, outcomes: { ok }, response } of operations) {
      assert.equal(throughput, ok / seconds);
      assert.notEqual(response["0.5"]!.low, null, "blocks as long are cut into stretches");
    }
  }
  assert.deepEqual(operations, segments![0]!.operations, "the baseline's");
  assert.deepEqual([comparisons, steady], [[], []], "there are no pairs of blocks");
});

Deno.test("a queue for a lock: the stall is as long as the blocker held it, and the lock is named", async () => {
  const [from, until] = [migrateUs + 300_000, migrateUs + 2_800_000];
  const summary = await summaryOf({
    change: heldUp(from, until),
    steps: [step(from, until + 5000, { lockWaitUs: until - from })],
    waits: [
      wait(from, until - from, {
        pid: 50,
        role: "migration",
        mode: "AccessExclusiveLock",
        blockedBy: 60,
        blockerRole: "beside",
        blockerQuery: "SELECT count(*) FROM northwind.orders",
      }),
      ...[1, 2, 3].map((nth) => wait(from + nth * 10_000, until - from - nth * 10_000, { pid: 100 + nth })),
      wait(from, 1000, {
        pid: 200,
        mode: "ShareLock",
        relation: null,
        blockerRole: "load",
        blockerQuery: null,
      }),
    ],
  });
  const { stall, impacts, waits, waitCount } = summary.migration!;
  assert.ok(Math.abs(stall!.ms / ((until - from) / 1000) - 1) < 0.05, `${stall!.ms} ms`);
  assert.equal(
    stall!.lock,
    "AccessShareLock on northwind.orders, held up by the migration (ALTER TABLE northwind.orders ADD COLUMN gift_note " +
      "text), which waited for AccessExclusiveLock on northwind.orders behind a transaction that was open beside it " +
      "(SELECT count(*) FROM northwind.orders)",
  );
  assert.ok(stall!.lockMs! > 2300 && stall!.lockMs! <= stall!.ms, `${stall!.lockMs} ms behind the lock`);
  assert.equal(summary.verdict, "brief-pause");
  assert.equal(exitCodeOf(summary), 1);
  assert.match(
    summary.reasons[0]!,
    /^The load stalled for 2\.\d+ s \(allowed: 250 ms\): writes .* pending; the load waited most for /,
  );
  assert.deepEqual([waits.length, waitCount, waits[0]!.role], [5, 5, "migration"], "the longest first");
  const all = impacts.at(-1)!;
  assert.ok(all.change["0.95"]!.value! > 1000 && all.change["0.95"]!.low! > 500);
  // A triangle: who came first waited longest, whose p95 of each second is near the second's beginning.
  assert.ok(all.degradationMsS! > 2500 && all.degradationMsS! < 5500, `${all.degradationMsS}`);
});

Deno.test("a stall of writes is told with a lock that writes wait for, whatever more reads waited for", async () => {
  const [from, until] = [migrateUs + 300_000, migrateUs + 2_800_000];
  const reads = [1, 2, 3].map((pid) => wait(from, until - from, { pid }));
  const insert = { mode: "RowExclusiveLock", query: "INSERT INTO northwind.orders VALUES ($1)" };
  const locksOf = async (waits: readonly LockEvent[]) => {
    const { impacts } = (await summaryOf({ change: heldUp(from, until), waits })).migration!;
    const of = (wanted: string, path: string | null) => {
      const { lock, lockOf } = impacts.find((each) => each.kind === wanted && each.path === path)!.stall!;
      return [lock?.replace(/,.*/, ""), lockOf];
    };
    return { write: of("write", "sql"), read: of("read", "sql"), all: of("all", null) };
  };
  const share = "AccessShareLock on northwind.orders";
  assert.deepEqual(await locksOf([...reads, wait(from, until - from, { pid: 9, ...insert })]), {
    write: ["RowExclusiveLock on northwind.orders", undefined],
    read: [share, undefined],
    all: [share, undefined],
  });
  const foreign = { ...insert, mode: "RowShareLock", relation: "northwind.customers" };
  const { write } = await locksOf([...reads, wait(from, until - from, { pid: 9, ...foreign })]);
  assert.deepEqual(write, ["RowShareLock on northwind.customers", undefined], "its statement writes");
  const none = await locksOf(reads);
  assert.deepEqual(none.write, [share, "load"], "no wait of a write was seen");
  const two = await locksOf([
    ...reads,
    ...[7, 8].map((pid) => wait(from, until - from, { pid, ...insert })),
    wait(from, until - from, { pid: 9, ...foreign }),
  ]);
  assert.deepEqual(
    two.write,
    ["RowExclusiveLock on northwind.orders", "kind"],
    "which of two paths waited for which is not recorded",
  );
});

Deno.test("a stall that began after the migration is shown as the longest, and a shorter one of its own is judged", async () => {
  const after = heldUp(recoveryUs + SECOND, recoveryUs + 1.9 * SECOND);
  const late = await summaryOf({ change: after });
  assert.equal(late.verdict, "inconclusive");
  assert.match(
    late.reasons[0]!,
    /stalled for \d+ ms .* 1 s after the migration had ended, .* no lock was seen/,
  );
  assert.ok(late.migration!.stall!.ms > 800);
  const own = heldUp(migrateUs + SECOND, migrateUs + 1.5 * SECOND);
  const both = await summaryOf({ change: (row) => own(after(row)) });
  assert.equal(both.verdict, "brief-pause");
  assert.ok(both.migration!.stall!.fromUs >= recoveryUs, "the longest");
  const all = both.migration!.impacts.at(-1)!;
  assert.ok(all.caused!.fromUs < recoveryUs && all.caused!.ms > 400 && all.stall!.ms > 800);
});

Deno.test("a baseline in which requests take as long as a stall may leaves what comes after it open", async () => {
  const { verdict, reasons } = await summaryOf({
    change: (row) =>
      row.phase.segment !== "warmup" && row.operation.arm === "graphql" && row.slot % 2 === 0
        ? { ...row, doneUs: row.doneUs + 700_000 }
        : row,
  });
  assert.equal(verdict, "inconclusive");
  assert.match(reasons[0]!, /^Before the migration began p95 of \w+ over graphql was already 70\d ms/);
});

Deno.test("a pause is held against the targets, each path against its own", async () => {
  const change = heldUp(migrateUs + 300_000, migrateUs + 800_000);
  const within = await summaryOf({ change, config: { slo: "stall<600ms" } });
  assert.equal(within.verdict, "zero-downtime");
  assert.deepEqual(
    within.slo.map(({ arm, ok, unit }) => [arm, ok, unit]),
    ARMS.map((arm) => [arm, true, "ms"]),
  );
  assert.equal(within.migration!.stallLimitMs, 600);
  const ofOne = await summaryOf({ change, config: { slo: "graphql: stall<100ms,sql: stall<1s" } });
  assert.equal(ofOne.verdict, "brief-pause");
  assert.match(ofOne.reasons[0]!, /over graphql/);
});

Deno.test("nothing pending is no stall, and a time in which nobody asks no recovery", async () => {
  const { stall, recovery } = await migrationOf({ change: (row) => row.intendedUs < migrateUs ? row : null });
  assert.equal(stall, null);
  assert.deepEqual(recovery.lacking, ["p95", "throughput", "hit rate"]);
});

Deno.test("a target over windows is judged while the migration runs, and only then", async () => {
  const slow = (segment: string): MigrationFixture["change"] => (row) =>
    row.phase.segment === segment ? { ...row, doneUs: row.doneUs + 40_000 } : row;
  const slo = "p95<30ms over 2s,sql: p99<30ms";
  const told = async (segment: string) => {
    const { slo: results, reasons } = await summaryOf({ change: slow(segment), config: { slo } });
    return { results: results.map(({ arm, ok, windows }) => [arm, ok, windows?.judged]), reasons };
  };
  const before = await told("recovery");
  assert.deepEqual(before.results, [["sql", true, 3], ["sql+cache", true, 3], ["graphql", true, 3], [
    "sql",
    true,
    undefined,
  ]]);
  const during = await told("migrate");
  assert.deepEqual(during.results.map(([, ok]) => ok), [false, false, false, false]);
  assert.match(during.reasons[0]!, /^sql misses p95 < 30 ms over 2 s: /);
});

Deno.test("errors are those that a client who tries nothing again sees, by code and part of the run", async () => {
  const summary = await summaryOf({
    change: (row) => {
      const { slot, phase, operation: { arm } } = row;
      const failed: FixtureRow = { ...row, outcome: "failed", error: "42703" };
      if (phase.segment === "migrate" && slot % 30 === 1) {
        // It succeeds when it is tried again: who does not, has seen an error.
        return [failed, {
          ...row,
          attempt: 1,
          wokeUs: row.doneUs + 1,
          sentUs: row.doneUs + 3,
          doneUs: row.doneUs + 900,
        }];
      }
      if (phase.segment === "recovery" && slot % 300 === 2) return { ...failed, error: arm };
      return row;
    },
  });
  assert.equal(summary.verdict, "fail");
  const { errors, impacts } = summary.migration!;
  const migrate = errors.filter(({ segment }) => segment === "migrate");
  assert.deepEqual([...new Set(migrate.map(({ code, path }) => `${code} ${path}`))], ["42703 sql+cache"]);
  assert.ok(errors.every(({ segment }) => segment === "migrate" || segment === "recovery"));
  const total = errors.reduce((sum, { n }) => sum + n, 0);
  assert.equal(impacts.at(-1)!.errors, total);
  assert.equal(impacts.slice(0, 6).reduce((sum, { errors }) => sum + errors, 0), total);
  assert.match(
    summary.reasons[0]!,
    new RegExp(`^${total} requests failed while the migration ran and after it`),
  );
});

Deno.test("requests that never end are pending until they are given up, and those shed are nobody's stall", async () => {
  const from = migrateUs + 500_000;
  const migration = await migrationOf({
    change: (row) => {
      if (row.intendedUs < from || row.intendedUs >= from + 1_000_000) return row;
      return row.slot % 2 === 0
        ? { ...row, outcome: "timeout", error: null, doneUs: row.sentUs + 2_000_000 }
        : { ...row, outcome: "shed", acquiredUs: NaN, sentUs: NaN, doneUs: NaN };
    },
  });
  // From the second's end on others succeed.
  assert.ok(Math.abs(migration.stall!.ms - 1000) < 20, `${migration.stall!.ms} ms`);
  assert.deepEqual(new Set(migration.errors.map(({ code }) => code)), new Set(["timeout", "shed"]));
  const all = migration.impacts.at(-1)!;
  assert.ok(all.degradationMsS! > 1500, "what was never served counts as given up");
});

Deno.test("a lost write, a write of which nothing is known, and rows that changed are told from the stored rows", async () => {
  const lost = await summaryOf({
    ledger: (entries) =>
      entries.map((entry, at) => at === 5 ? { ...entry, verified: false, problem: "lost" as const } : entry),
    checksums: [checksum("before"), checksum("after", { sum: "99" })],
  });
  assert.equal(lost.verdict, "fail");
  assert.match(
    lost.reasons[0]!,
    /^1 write is acknowledged but missing: order-insert, client 1, write 5, slot \d+\.$/,
  );
  assert.match(lost.reasons[1]!, /in 1 of 1 key range: northwind\.orders 1 to 830: other values\.$/);
  const unrecorded = await summaryOf({ ledger: (entries) => entries.slice(1) });
  assert.deepEqual([unrecorded.verdict, unrecorded.migration!.ledger.complete], ["inconclusive", false]);
  assert.equal(exitCodeOf(unrecorded), 4);
});

Deno.test("a database that stays slower has not recovered, and one that is slow for a while has then", async () => {
  const slower = (fromUs: number, untilUs: number): MigrationFixture["change"] => (row) =>
    row.intendedUs >= fromUs && row.intendedUs < untilUs && row.cache !== 0
      ? { ...row, doneUs: row.doneUs + 30_000 }
      : row;
  const never = await summaryOf({ change: slower(migrateUs, endUs) });
  assert.deepEqual([never.verdict, never.migration!.recovery.lacking], ["fail", ["p95"]]);
  const late = await summaryOf({ change: slower(migrateUs, recoveryUs + 2_000_000) });
  assert.deepEqual([late.verdict, late.migration!.recovery.afterSeconds], ["zero-downtime", 2]);
});

Deno.test("a rewrite, each statement's locks and the rates of WAL and hits come with the summary", async () => {
  const held = { step: 1, statement: 1, relation: "northwind.orders", mode: "AccessExclusiveLock" };
  const migration = await migrationOf({
    steps: [
      step(migrateUs, null),
      step(migrateUs, recoveryUs, { rewritten: ["northwind.orders"], rows: 830 }),
    ],
    locks: [
      { ...held, atUs: migrateUs, heldUs: 1000, waitedUs: 0, blocked: 3 },
      { ...held, mode: "ShareLock", atUs: null, heldUs: 0, waitedUs: 9000, blocked: 0 },
      { ...held, statement: 2, atUs: null, heldUs: 0, waitedUs: 1, blocked: 0 },
    ],
    samples: (samples) => [
      ...samples,
      ...[0.5, 1.5, 3].map((at) => ({
        atUs: migrateUs + at * 1e6,
        source: "postgres",
        metric: "wal_bytes",
        labels: {},
        value: 1000 * at,
      })),
    ],
  });
  const [only, ...others] = migration.steps;
  assert.equal(others.length, 0, "the last row of a statement counts");
  assert.deepEqual([only!.rewritten, only!.rows, only!.endUs], [["northwind.orders"], 830, recoveryUs]);
  assert.deepEqual(only!.locks.map(({ mode, blocked }) => [mode, blocked]), [["ShareLock", 0], [
    "AccessExclusiveLock",
    3,
  ]]);
  assert.ok(Math.abs(migration.walBytesPerSecond["migrate"]! - 5000 / 3) < 1e-6);
});

Deno.test("plans of before the change are held against those of after it, question by question", async () => {
  const [of] = takenPlans(18) as [ReturnType<typeof takenPlans>[0]];
  const { plans } = await migrationOf({
    seconds: [1, 5, 1, 1],
    plans: [
      { operationId: 0, atUs: 0, plan: of.before },
      { operationId: 0, atUs: endUs, plan: of.after },
      { operationId: 1, atUs: 0, plan: of.before },
      { operationId: 1, atUs: endUs, plan: of.before },
      // Asked by another path, which has a plan of its own; one arm's are told.
      { operationId: 2, atUs: 0, plan: of.after },
    ],
  });
  assert.deepEqual(plans.map(({ operation }) => operation), ["order-by-id", "order-insert"]);
  const [changed, same] = plans.map(({ changes }) => changes);
  assert.match(changed!.join("\n"), / → | added$| removed$/m);
  assert.deepEqual(same, []);
});

Deno.test("a run that was interrupted while it migrated has no verdict, and a summary all the same", async () => {
  const summary = await summaryOf({
    seconds: [1, 10, 2, 0],
    status: "interrupted",
    steps: [step(migrateUs, null)],
    ledger: () => [],
    checksums: [checksum("before")],
  });
  assert.deepEqual([summary.verdict, exitCodeOf(summary)], [null, 130]);
  assert.match(summary.reasons[1]!, /^The migration did not end/);
  assert.equal(summary.migration!.recovery.state, "unknown");
  const before = await summaryOf({
    seconds: [1, 2, 0, 0],
    status: "crashed",
    steps: [],
    ledger: () => [],
    checksums: [],
  });
  assert.deepEqual([before.verdict, before.migration!.stall], [null, null]);
});

/** The longest time with some pending and none succeeding, told moment by moment. */
function longestStall(rows: readonly FixtureRow[]): number {
  const moments = [...new Set(rows.flatMap(({ intendedUs, doneUs }) => [intendedUs, doneUs]))].sort((a, b) =>
    a - b
  );
  let [longest, begun] = [0, NaN];
  for (const [at, fromUs] of moments.slice(0, -1).entries()) {
    const pending = rows.some(({ intendedUs, doneUs }) => intendedUs <= fromUs && fromUs < doneUs);
    const succeeds = rows.some(({ outcome, doneUs }) => outcome === "ok" && doneUs === fromUs);
    if (succeeds || Number.isNaN(begun)) begun = fromUs;
    if (!pending) begun = NaN;
    else longest = Math.max(longest, moments[at + 1]! - begun);
  }
  return longest;
}

for (const seed of [1, 2]) {
  Deno.test(`stalls are those that every moment looked at by itself tells, of made-up fates ${seed}`, async () => {
    const rows: FixtureRow[] = [];
    let state = seed;
    const random = () => (state = state * 16807 % 2147483647) / 2147483647;
    const migration = await migrationOf({
      seconds: [1, 5, 1, 1],
      change: (row) => {
        const fate = random();
        const outcome = fate < 0.1 ? "ok" : fate < 0.7 ? "timeout" : fate < 0.9 ? "failed" : "shed";
        const spread = random() ** 6 * 400_000;
        const own: FixtureRow = outcome === "shed"
          ? { ...row, outcome, acquiredUs: NaN, sentUs: NaN, doneUs: NaN }
          : { ...row, outcome, doneUs: row.sentUs + 1 + Math.round(outcome === "ok" ? spread / 9 : spread) };
        if (row.phase.segment === "warmup" || row.phase.segment === "baseline") return row;
        rows.push(own);
        return own;
      },
    });
    const times = partTimes([1, 5, 1, 1]);
    for (const { path, kind, stall } of migration.impacts) {
      const own = rows.filter(({ operation, cache, outcome }) =>
        cache !== 0 && outcome !== "shed" && (path ?? operation.arm) === operation.arm &&
        (kind === "all" || (kind === "write") === (operation.name === "order-insert"))
      ).map((row) => ({ ...row, doneUs: Math.min(row.doneUs, times.endUs) }));
      assert.equal(stall?.ms ?? 0, longestStall(own) / 1000, `${kind} over ${path}`);
      if (stall === null) continue;
      const pending = own.filter(({ intendedUs, doneUs }) =>
        intendedUs < stall.untilUs && doneUs > stall.fromUs
      );
      assert.equal(stall.pending, pending.length);
    }
  });
}
