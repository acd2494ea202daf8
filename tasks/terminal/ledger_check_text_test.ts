import assert from "node:assert/strict";
import type { LedgerCheck } from "../model/ledger_check.ts";
import { ledgerCheckText } from "./ledger_check_text.ts";

const CHECK: LedgerCheck = {
  faults: [
    { fault: "loss: acknowledged, never committed", injected: 20, caught: 20 },
    { fault: "duplicate: executed twice", injected: 20, caught: 20 },
  ],
  alarms: 0,
  clean: { runs: 100, writes: 6000, alarms: 0 },
};

Deno.test("a check of the ledger is a table with what was injected and caught, and what follows", async (t) => {
  await t.assertSnapshot(ledgerCheckText(CHECK, { columns: 80, prose: 80 }));
});

Deno.test("a ledger that misses a fault is called that", () => {
  const missed = { ...CHECK, faults: [{ fault: "duplicate: executed twice", injected: 20, caught: 19 }] };
  assert.match(ledgerCheckText(missed), /The ledger cannot be trusted/);
});
