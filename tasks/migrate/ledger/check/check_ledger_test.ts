import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { withDatabase } from "../../../stack/testing_shared.ts";
import { isTrusted } from "../../../model/ledger_check.ts";
import { checkLedger } from "./check_ledger.ts";
import { FAULTS } from "./faults.ts";

Deno.test("the ledger catches each fault that is injected, and says nothing where none is", async () => {
  await withDatabase(async (url, { home }) => {
    const folder = join(home, "check");
    mkdirSync(folder);
    const check = await checkLedger({ url, folder, faults: 5, cleanRuns: 3 });
    assert.deepEqual(check, {
      faults: Object.keys(FAULTS).map((fault) => ({ fault, injected: 5, caught: 5 })),
      alarms: 0,
      clean: { runs: 3, writes: 180, alarms: 0 },
    });
    assert(isTrusted(check));
  });
});

Deno.test("a ledger that misses a fault, or tells of one that is none, is not trusted", () => {
  const fault = { fault: "a loss", injected: 20, caught: 20 };
  const clean = { runs: 1, writes: 60, alarms: 0 };
  assert(isTrusted({ faults: [fault], alarms: 0, clean }));
  assert(!isTrusted({ faults: [{ ...fault, caught: 19 }], alarms: 0, clean }));
  assert(!isTrusted({ faults: [{ ...fault, injected: 0, caught: 0 }], alarms: 0, clean }));
  assert(!isTrusted({ faults: [fault], alarms: 1, clean }));
  assert(!isTrusted({ faults: [fault], alarms: 0, clean: { ...clean, alarms: 1 } }));
});
