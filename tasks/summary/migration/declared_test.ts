import assert from "node:assert/strict";
import type { Shown, StatementLock, StepPlan } from "../../model/migration.ts";
import { openStore } from "../../store/open.ts";
import { openRun } from "../../store/read.ts";
import { withTempDir } from "../../store/testing.ts";
import { declaredText } from "./declared.ts";
import { migrationFindings } from "./summary.ts";
import {
  migrationConfig,
  type MigrationFixture,
  migrationFixture,
  partTimes,
  SECOND,
  SECONDS,
  step,
  wait,
} from "./testing.ts";

const { baselineUs, migrateUs, recoveryUs } = partTimes(SECONDS);
const ORDERS = "northwind.orders";
/** The first step ends here, and the second begins. */
const betweenUs = migrateUs + 2 * SECOND;

const EVERYTHING: readonly Shown[] = [
  { kind: "wait", mode: "ShareLock", relation: ORDERS },
  { kind: "row", relation: ORDERS },
  { kind: "rewrite", relation: ORDERS },
  { kind: "error", code: "42703" },
  { kind: "stall" },
];

/** What became of each declaration of the first of two steps. */
function declaredOf(options: MigrationFixture = {}, shows = EVERYTHING) {
  return withTempDir(async (dir) => {
    const [plan] = migrationConfig("g").steps as [StepPlan];
    const { db, runId } = await migrationFixture(dir, {
      steps: [step(migrateUs, betweenUs), step(betweenUs, recoveryUs, { step: 2 })],
      migration: { steps: [{ ...plan, shows }, { ...plan, step: 2 }] },
      ...options,
    });
    const { run } = await openRun(runId, { db });
    using store = await openStore(db, { mode: "read" });
    return (await migrationFindings(store, run, 250)).summary.declared;
  });
}

const seenOf = async (options: MigrationFixture) => (await declaredOf(options)).map(({ seen }) => seen);

const lock = (changes: Partial<StatementLock>): StatementLock => ({
  step: 1,
  statement: 1,
  relation: ORDERS,
  mode: "ShareLock",
  atUs: migrateUs,
  heldUs: SECOND,
  waitedUs: 0,
  blocked: 3,
  ...changes,
});

const rowWait = (atUs: number, changes = {}) =>
  wait(atUs, 1000, { relation: `row of ${ORDERS}`, mode: "ShareLock", ...changes });

Deno.test("what a step declares is told in words, none of it seen where nothing happened", async () => {
  const declared = await declaredOf();
  assert.equal(
    declaredText(declared),
    "Meant to show (✓ shown, ✗ not shown): ✗ wait behind ShareLock on northwind.orders · ✗ wait for a row of northwind.orders · " +
      "✗ rewrite of northwind.orders · ✗ error 42703 · ✗ stall",
  );
  assert.deepEqual(await declaredOf({}, []), []);
  assert.equal(declaredText([]), "");
});

Deno.test("all that a step declares is seen where it happened", async () => {
  const seen = await seenOf({
    steps: [step(migrateUs, betweenUs, { rewritten: [ORDERS] })],
    locks: [lock({})],
    // More waits that are longer than a summary has room for.
    waits: [rowWait(migrateUs + 10), ...Array.from({ length: 60 }, (_, nth) => wait(migrateUs + nth, 5000))],
    change: (row) => {
      if (row.intendedUs < migrateUs || row.intendedUs >= migrateUs + 500_000 || row.cache === 0) return row;
      const doneUs = migrateUs + 500_000 + row.doneUs - row.sentUs;
      return row.slot % 50 === 1
        ? { ...row, doneUs, outcome: "failed", error: "42703", rows: -1 }
        : { ...row, doneUs };
    },
  });
  assert.deepEqual(seen, [true, true, true, true, true]);
});

Deno.test("what was like it, of another step or before it is not what was declared", async () => {
  const seen = await seenOf({
    steps: [
      step(migrateUs, betweenUs, { rewritten: ["northwind.customers"] }),
      step(betweenUs, recoveryUs, { step: 2, rewritten: [ORDERS] }),
    ],
    locks: [
      lock({ mode: "AccessExclusiveLock" }),
      lock({ relation: "northwind.customers" }),
      lock({ step: 2 }),
    ],
    waits: [
      rowWait(migrateUs - 5000),
      rowWait(betweenUs + 10),
      rowWait(migrateUs + 10, { blockerRole: "load" }),
      rowWait(migrateUs + 10, { role: "migration", blockerRole: "beside" }),
      rowWait(migrateUs + 10, { relation: "row of northwind.customers" }),
    ],
    change: (row) =>
      row.slot % 50 === 1 && row.intendedUs >= baselineUs && row.intendedUs < migrateUs
        ? { ...row, outcome: "failed", error: "42703", rows: -1 }
        : row,
  });
  assert.deepEqual(seen, [false, false, false, false, false]);
});

Deno.test("a lock is one that the load waited for where that was seen at any statement of the step", async () => {
  const steps = [1, 2].map((statement) => step(migrateUs, recoveryUs, { statement }));
  const first = async (locks: readonly StatementLock[]) => (await seenOf({ steps, locks }))[0];
  assert.equal(await first([lock({ blocked: 0 })]), false, "nobody waited");
  assert.equal(await first([lock({ atUs: null, waitedUs: SECOND })]), true, "it was only asked for");
  assert.equal(
    await first([lock({ blocked: 0 }), lock({ statement: 2, mode: "AccessShareLock", blocked: 17 })]),
    true,
  );
});

Deno.test("a step that never ended held its rows until the run's end", async () => {
  const seen = await seenOf({ steps: [step(migrateUs, null)], waits: [rowWait(betweenUs + 10)] });
  assert.equal(seen[1], true);
});
