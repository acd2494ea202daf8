import type { LedgerEntry } from "../model/migration.ts";
import { insertRows } from "./load_rows.ts";
import { openStore } from "./open.ts";
import { listRuns, storeLeft } from "./runs.ts";
import { ledgerTable } from "./tables/ledger.ts";

/**
 * Stores what became of the writes of a run that is stored already, in place of what is there; a run that was removed is
 * none to keep it with.
 * @param left what is to be known of that, a sentence each
 * @throws as `openStore` does
 */
export async function keepLedgerRows(
  db: string,
  runId: string,
  entries: readonly LedgerEntry[],
  left: readonly string[] = [],
): Promise<void> {
  using store = await openStore(db, { mode: "write" });
  await store.transaction(async () => {
    const run = (await listRuns(store)).find((one) => one.runId === runId);
    if (run === undefined) return;
    await storeLeft(store, run, left);
    await store.run("DELETE FROM ledger WHERE run_id = $run", { run: runId });
    await insertRows(store, ledgerTable, entries, { run, status: run.status, lastUs: 0 });
  });
}
