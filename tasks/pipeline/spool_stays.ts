import { keepLedgerSpool } from "../migrate/ledger/ledger_record.ts";
import { keepEvidence } from "../undo/journal.ts";

/**
 * Keeps what only a run's spool tells of its writes, before whoever has loaded the spool removes it.
 * @param db the store that the run is in then
 * @returns why the spool must stay, as a sentence; null where it may go
 */
export async function whySpoolStays(
  home: string,
  spool: string,
  dir: string,
  db: string,
): Promise<string | null> {
  try {
    await keepEvidence(home, spool, dir);
    keepLedgerSpool(home, spool, dir, db);
    return null;
  } catch (error) {
    return `Cannot keep what the run ${spool} tells of its writes: ${
      (error as Error).message
    }. Its spool stays in ` +
      `${dir} until that is fixed; the next bench tries again.`;
  }
}
