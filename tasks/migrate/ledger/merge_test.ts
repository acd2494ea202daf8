import assert from "node:assert/strict";
import type { LedgerEntry } from "../../model/migration.ts";
import { mergeLedgers } from "./merge.ts";

const entry = (slot: number, changes: Partial<LedgerEntry> = {}): LedgerEntry => ({
  client: 0,
  seq: slot,
  op: "order-insert",
  slot,
  outcome: "ok",
  verified: true,
  problem: null,
  ...changes,
});

/** What a write comes to that two servers have so. */
function merged(one: Partial<LedgerEntry>, other: Partial<LedgerEntry>) {
  const [found] = mergeLedgers([[entry(1, one)], [entry(1, other)]]);
  return [found!.verified, found!.problem];
}

Deno.test("a write is as it must be only where both servers have it so", () => {
  assert.deepEqual(merged({}, {}), [true, null]);
  assert.deepEqual(merged({}, { verified: false, problem: "lost" }), [false, "lost"]);
  assert.deepEqual(merged({ verified: false, problem: "duplicate" }, {}), [false, "duplicate"]);
  assert.deepEqual(merged({}, { verified: null }), [null, null]);
  assert.deepEqual(merged({ verified: null }, { verified: false, problem: "lost" }), [false, "lost"]);
});

Deno.test("a write that nobody answered is at both servers or at neither", () => {
  const unknown = { outcome: "unknown" } as const;
  assert.deepEqual(merged(unknown, unknown), [true, null]);
  const absent = { ...unknown, verified: false };
  assert.deepEqual(merged(absent, absent), [false, null]);
  assert.deepEqual(merged(unknown, absent), [false, "lost"]);
  assert.deepEqual(merged(absent, unknown), [false, "refused but present"]);
});

Deno.test("writes that one server alone knows of stay, in the order of their slots", () => {
  const slots = mergeLedgers([[entry(3), entry(1)], [entry(2), entry(3)]]).map(({ slot }) => slot);
  assert.deepEqual(slots, [1, 2, 3]);
});
