import assert from "node:assert/strict";
import { keptBy, LOCK_MODES, locksConflict } from "./lock_modes.ts";

Deno.test("a conflict is one from both sides, and the table is PostgreSQL's", () => {
  for (const one of LOCK_MODES) {
    for (const other of LOCK_MODES) {
      assert.equal(locksConflict(one, other), locksConflict(other, one), `${one}, ${other}`);
    }
  }
  // How many modes each is in conflict with, as the documentation's table has them.
  const counts = LOCK_MODES.map((one) => LOCK_MODES.filter((other) => locksConflict(one, other)).length);
  assert.deepEqual(counts, [1, 2, 4, 5, 5, 6, 7, 8]);
});

Deno.test("writers wait for an index that is built, readers for a rewrite alone", () => {
  assert.deepEqual(keptBy("ShareLock"), { reads: false, rowLocks: false, writes: true, schemaChanges: true });
  assert.deepEqual(keptBy("AccessExclusiveLock"), {
    reads: true,
    rowLocks: true,
    writes: true,
    schemaChanges: true,
  });
  assert.deepEqual(keptBy("RowExclusiveLock"), {
    reads: false,
    rowLocks: false,
    writes: false,
    schemaChanges: true,
  });
});
