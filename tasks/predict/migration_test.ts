import assert from "node:assert/strict";
import type { Move, StepPlan } from "../model/migration.ts";
import type { StatementEffects } from "../model/statement_effects.ts";
import { factsOf } from "./facts.ts";
import { type PlannedStatement, predictMigration } from "./migration.ts";
import { DEFAULT_RATES } from "./rates.ts";
import type { LoadFacts } from "./stall.ts";
import { effects, table, work } from "./testing.ts";

const EXACT = { value: 1, spread: 1 };
const FACTS = factsOf([table(), table({ relation: "shop.view", rows: 10 })], {
  rates: {
    ...DEFAULT_RATES,
    statementMs: EXACT,
    rewriteUsPerKiB: EXACT,
    indexUsPerRow: EXACT,
    scanUsPerRow: EXACT,
  },
});
/** A scan of all rows, and its commit, ms. */
const SCAN = 271;
const ORDERS = { share: 0.4, relations: ["shop.orders"] };
/** All writes and half of the reads are of orders. */
const LOAD: LoadFacts = {
  rate: 100,
  paths: 1,
  connections: 8,
  timeoutMs: 5000,
  responseMs: 0,
  slowdown: 1,
  coming: [],
  operations: [
    { ...ORDERS, write: false, writes: [], changes: [] },
    { share: 0.4, relations: ["shop.items"], write: false, writes: [], changes: [] },
    { ...ORDERS, share: 0.2, write: true, writes: ["shop.orders"], changes: ["shop.orders"] },
  ],
};

function planned(move: Move, ...all: StatementEffects[]): PlannedStatement[] {
  const step = { step: 1, move, shows: [], statements: [] } as unknown as StepPlan;
  return all.map((each, at) => ({
    step,
    statement: at + 1,
    effects: each,
    query: null,
    relations: FACTS.relations,
  }));
}

const PLAIN = { kind: "plain", oneTransaction: false } as const;
const TOGETHER = { kind: "plain", oneTransaction: true } as const;
const scan = (mode: string) => effects(mode, [work("scan")]);
const stallOf = (
  statements: PlannedStatement[],
  load = LOAD,
  holdSeconds: readonly number[] = [],
  timeoutMs = 100,
) =>
  predictMigration(
    statements,
    holdSeconds.map((seconds) => ({ file: "beside", about: "", statements: [], holdSeconds: seconds })),
    FACTS,
    load,
    timeoutMs,
  ).stall?.ms;

Deno.test("users stall for as long as the longest statement keeps them out", () => {
  assert.equal(
    stallOf(planned(PLAIN, scan("AccessExclusiveLock"), effects("AccessExclusiveLock", []))),
    SCAN,
  );
});

Deno.test("who has waited is answered as late as others are besides", () => {
  const scanning = planned(PLAIN, scan("AccessExclusiveLock"));
  assert.equal(stallOf(scanning, { ...LOAD, responseMs: 9 }), SCAN + 9);
  // Who waits for nothing does not stall.
  assert.equal(stallOf(planned(PLAIN, scan("ShareUpdateExclusiveLock")), { ...LOAD, responseMs: 9 }), 0);
});

Deno.test("in one transaction a lock is held to the end, by itself for its own statement", () => {
  const statements = [effects("AccessExclusiveLock", []), effects("AccessShareLock", [work("scan")])];
  // Only the last of them is committed.
  assert.equal(stallOf(planned(TOGETHER, ...statements)), SCAN);
  assert.equal(stallOf(planned(PLAIN, ...statements)), 1);
  // What comes before the lock is taken keeps nobody out.
  assert.equal(stallOf(planned(TOGETHER, ...statements.toReversed())), 1);
});

Deno.test("a lock stalls those whom it is in conflict with: SHARE writers, SHARE UPDATE EXCLUSIVE nobody", () => {
  const readers = { ...LOAD, operations: LOAD.operations.filter(({ write }) => !write) };
  assert.equal(stallOf(planned(PLAIN, scan("ShareLock"))), SCAN);
  assert.equal(stallOf(planned(PLAIN, scan("ShareLock")), readers), 0);
  assert.equal(stallOf(planned(PLAIN, scan("ShareUpdateExclusiveLock"))), 0);
});

Deno.test("where some of the reads wait the others go on until those have taken all connections", () => {
  const readers = { ...LOAD, operations: LOAD.operations.filter(({ write }) => !write) };
  // Eight connections at 40 requests a second: 200 ms.
  assert.equal(stallOf(planned(PLAIN, scan("AccessExclusiveLock")), readers), SCAN - 200);
  assert.equal(stallOf(planned(PLAIN, scan("AccessExclusiveLock")), { ...readers, connections: 800 }), 0);
});

Deno.test("where it is known which requests come when, that says when connections are taken", () => {
  const readers = { ...LOAD, paths: 2, operations: LOAD.operations.filter(({ write }) => !write) };
  // Over the second path two reads of orders come every 10 ms from 100 ms on, one of items between them.
  const coming = Array.from({ length: 40 }, (_, at) => ({ ms: 100 + 5 * at, path: 1, operation: at % 2 }));
  const load = { ...readers, connections: 4, coming };
  assert.equal(stallOf(planned(PLAIN, scan("AccessExclusiveLock")), load), SCAN - 130);
  // Who comes before the lock is held takes nothing.
  const later = planned(PLAIN, effects("AccessShareLock", [work("scan")]), scan("AccessExclusiveLock"));
  assert.equal(stallOf(later, { ...load, connections: 1 }), SCAN - (280 - SCAN));
  // Where they never take all of them the mean of such a load has to do.
  assert.equal(stallOf(planned(PLAIN, scan("AccessExclusiveLock")), { ...load, connections: 800 }), 0);
});

Deno.test("who asks for ACCESS EXCLUSIVE beside an open transaction has all others queue for as long as that is open", () => {
  const statements = planned(PLAIN, effects("AccessExclusiveLock", []));
  assert.equal(stallOf(statements, LOAD, [4, 2]), 4001);
  const timed = planned({ kind: "lock_timeout", oneTransaction: false }, effects("AccessExclusiveLock", []));
  assert.equal(stallOf(timed, LOAD, [4, 2], 100), 101);
});

Deno.test("what nobody of the load reads stalls nobody, also where it is not known how long it takes", () => {
  const other = {
    locks: [{ relation: "shop.hidden", mode: "AccessExclusiveLock" }],
    unknown: "what the function does",
  };
  assert.equal(stallOf(planned(PLAIN, effects("AccessExclusiveLock", [], other))), 0);
  // What it locks is not known either.
  const dynamic = effects("", [], { locks: [], unknown: "what EXECUTE runs, which is made only then" });
  assert.equal(stallOf(planned(PLAIN, dynamic)), undefined);
  const theirs = effects("AccessExclusiveLock", [], { unknown: "what the function does" });
  assert.equal(stallOf(planned(PLAIN, theirs)), undefined);
});

Deno.test("batches stall nobody: they are as short as users' response time asks for", () => {
  const fill = effects("RowExclusiveLock", [work("row changes")]);
  const batches = { kind: "batches", table: "shop.orders", key: "id" } as const;
  assert.equal(stallOf(planned(batches, fill)), 0);
  assert.ok(stallOf(planned(PLAIN, fill))! > 100);
  // Who only inserts waits for no row.
  const inserting = { ...LOAD, operations: LOAD.operations.map((each) => ({ ...each, changes: [] })) };
  assert.equal(stallOf(planned(PLAIN, fill), inserting), 0);
});

Deno.test("work takes longer beside the load, until those who wait have taken all connections", () => {
  const busy = { ...LOAD, slowdown: 2 };
  // Everybody waits but for 40 of 100 requests a second: eight connections are taken after 133 ms.
  const held = SCAN + (1000 * 8 / 60) / 2;
  assert.ok(Math.abs(stallOf(planned(PLAIN, scan("AccessExclusiveLock")), busy)! - held) < 1e-6);
  // What keeps nobody waiting has the load beside it all the time.
  const took = (mode: string, load: LoadFacts) =>
    predictMigration(planned(PLAIN, scan(mode)), [], FACTS, load, 100).statements[0]!.took!.ms;
  assert.equal(took("ShareUpdateExclusiveLock", LOAD), SCAN);
  assert.equal(took("ShareUpdateExclusiveLock", busy), 2 * SCAN);
});
