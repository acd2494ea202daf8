import assert from "node:assert/strict";
import type { RunSummary } from "../../model/summary.ts";
import { openRun } from "../../store/read.ts";
import { withTempDir } from "../../store/testing.ts";
import { summarise } from "../summarise.ts";
import type { FixtureRow } from "../testing.ts";
import { exitCodeOf } from "../verdict.ts";
import { ARMS, type MigrationFixture, migrationFixture, partTimes, SECONDS, step, wait } from "./testing.ts";

const { baselineUs, migrateUs, recoveryUs, endUs } = partTimes(SECONDS);

function summaryOf(options: MigrationFixture = {}): Promise<RunSummary> {
  return withTempDir(async (dir) => {
    const { db, runId } = await migrationFixture(dir, options);
    return await summarise(await openRun(runId, { db }), runId);
  });
}

/** Requests sent within a time are answered after its end, but for hits in a cache. */
function heldUp(fromUs: number, untilUs: number): MigrationFixture["change"] {
  return (row) =>
    row.sentUs < fromUs || row.sentUs >= untilUs || row.cache === 0
      ? row
      : { ...row, doneUs: untilUs + row.doneUs - row.sentUs };
}

Deno.test("a migration that nobody felt is one without downtime, and its summary says what proves it", async () => {
  const summary = await summaryOf();
  const migration = summary.migration!;
  assert.equal(summary.verdict, "zero-downtime");
  assert.equal(exitCodeOf(summary), 0);
  assert.deepEqual(summary.reasons, [
    `No request failed, and the longest stall was ${
      migration.stall!.ms.toPrecision(3)
    } ms (allowed: 250 ms).`,
    `All ${migration.ledger.ok.toLocaleString("en-US")} acknowledged writes are there once.`,
    "830 rows that the load never touched are what they were (1 range compared).",
    "The load was as well off as before from the end of the migration on.",
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
});

Deno.test("hits in a cache are left out of what a migration did, and of nothing else", async () => {
  const { migration, operations, segments } = await summaryOf();
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
  const { segments, operations, comparisons, steady } = await summaryOf();
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
  assert.equal(summary.verdict, "brief-pause");
  assert.equal(exitCodeOf(summary), 1);
  assert.match(
    summary.reasons[0]!,
    /^The load stalled for 2\.\d+ s, and 250 ms are allowed: .* pending; they waited for /,
  );
  assert.deepEqual([waits.length, waitCount, waits[0]!.role], [5, 5, "migration"], "the longest first");
  const all = impacts.at(-1)!;
  assert.ok(all.change["0.95"]!.value! > 1000 && all.change["0.95"]!.low! > 500);
  // A triangle: who came first waited longest, whose p95 of each second is near the second's beginning.
  assert.ok(all.degradationMsS > 2500 && all.degradationMsS < 5500, `${all.degradationMsS}`);
});

Deno.test("a pause that is allowed is a success, and one within the target none at all", async () => {
  const change = heldUp(migrateUs + 300_000, migrateUs + 800_000);
  const allowed = await summaryOf({ change, migration: { allow: ["brief-pause"] } });
  assert.deepEqual([allowed.verdict, exitCodeOf(allowed)], ["brief-pause", 0]);
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
  const summary = await summaryOf({ change: (row) => row.intendedUs < migrateUs ? row : null });
  assert.equal(summary.migration!.stall, null);
  assert.deepEqual(summary.migration!.recovery.lacking, ["p95", "throughput", "hit rate"]);
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

for (const seed of [1, 2, 3]) {
  Deno.test(`stalls are those that every moment looked at by itself tells, of made-up fates ${seed}`, async () => {
    const rows: FixtureRow[] = [];
    let state = seed;
    const random = () => (state = state * 16807 % 2147483647) / 2147483647;
    const { migration } = await summaryOf({
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
    for (const { path, kind, stall } of migration!.impacts) {
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
