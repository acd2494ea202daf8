import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { self } from "../stack/process.ts";
import {
  forgetLedger,
  keepLedger,
  keptLedgers,
  ledgerSchema,
  type ProbeLedgerRecord,
} from "./ledger_record.ts";
import { keepKnownLedgers, namedLedgers } from "./left_ledgers.ts";

const RECORD: ProbeLedgerRecord = {
  version: 1,
  schema: ledgerSchema("20260101-120000-1f3a"),
  mark: "Ledger",
  owner: { pid: 999_999_999, startedAt: "never" },
  of: { host: "db.example", port: 5432, database: "shop" },
  servers: [{ system: "100", address: "10.0.0.1", port: 5432 }],
};

function withHome(use: (home: string) => void): void {
  const home = mkdtempSync(join(tmpdir(), "benchbook-probe-"));
  try {
    use(home);
  } finally {
    rmSync(home, { recursive: true });
  }
}

Deno.test("a ledger that is left is named with server, database and what removes it, until it is forgotten", () => {
  withHome((home) => {
    keepLedger(home, RECORD);
    const [told, ...others] = namedLedgers(home);
    assert.deepEqual(others, []);
    assert.match(told!, /benchbook_probe_20260101_120000_1f3a .* "shop" at 10\.0\.0\.1:5432.*DROP SCHEMA/);
    assert.throws(() => keepKnownLedgers(home), /only it knows of what probes have left/);
    forgetLedger(home, RECORD);
    assert.deepEqual(namedLedgers(home), []);
    keepKnownLedgers(home);
  });
});

Deno.test("the ledger of a probe that runs is nobody's to name", () => {
  withHome((home) => {
    keepLedger(home, { ...RECORD, owner: self() });
    assert.deepEqual(namedLedgers(home), []);
  });
});

Deno.test("a record that is damaged, or of another name, is named and not acted upon", () => {
  withHome((home) => {
    keepLedger(home, RECORD);
    const file = (name: string) => join(home, "probes", `${name}.json`);
    for (const text of ["", "{}", JSON.stringify({ ...RECORD, schema: "public" })]) {
      writeFileSync(file(RECORD.schema), text);
      const { records, damaged } = keptLedgers(home);
      assert.deepEqual(records, []);
      assert.match(damaged[0]!, /is damaged\. Drop that schema yourself/);
    }
  });
});
