import type { Client } from "pg";
import { datasets } from "../seed/catalog.ts";
import { undoSql } from "../seed/reserved.ts";
import { sessionPrefix } from "../model/session_name.ts";
import type { WriteRecord } from "./record.ts";
import type { GivenUp, Told } from "./told.ts";
import { sleep } from "../net/sleep.ts";

const LOOK_MS = 100;
/** A server that has another request in its queue begins it within less. */
const QUIET_MS = 500;
/** Who has pressed Ctrl-C waits so long. */
const INTERRUPTED_MS = 1500;
/** Keys named in a sentence. */
const SHOWN = 5;

/** Those that may yet be committed; null where there are none. */
export function givenUpWrites(
  { late, whole }: Pick<WriteRecord, "late" | "whole">,
  told: Told | null,
): readonly GivenUp[] | null {
  if (late === null) return null;
  const known = told?.givenUp ?? [];
  return whole && known.length === 0 ? null : known;
}

/** Transactions of other sessions than the run's in this database. */
export async function openTransactions(
  client: Client,
  runId: string,
  schemas: readonly string[],
): Promise<{ readonly transaction: string; readonly writes: boolean }[]> {
  const text = undoSql("open_transactions.sql");
  return (await client.query(text, [sessionPrefix(runId), schemas])).rows;
}

/**
 * Waits until writes that were given up over somebody else's service are committed or cannot be any more: until every
 * transaction that was open when the load ended has ended, and none writes that may have waited in the service's queue
 * behind them. For what may wait elsewhere it waits as long as a request may take, where it is known to have been sent.
 * @param known whether there are such writes for certain
 * @param signal ends it early
 * @returns whether they cannot be committed any more
 */
export async function untilSettled(
  client: Client,
  record: WriteRecord,
  known: boolean,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const { timeoutMs, open } = record.late!;
  const before = new Set(open);
  const interrupted = signal?.aborted ?? false;
  const begun = performance.now();
  const deadline = begun + (interrupted ? Math.min(INTERRUPTED_MS, timeoutMs) : timeoutMs);
  let suspects: ReadonlySet<string> | null = null;
  let quietSince: number | null = null;
  for (;;) {
    const found = (await openTransactions(client, record.runId, schemasOf(record))).filter((
      { transaction },
    ) => !before.has(transaction));
    suspects ??= new Set(found.map(({ transaction }) => transaction));
    const waiting = found.filter(({ transaction }) => suspects!.has(transaction)).length;
    const nowMs = performance.now();
    if (waiting > 0 || found.some(({ writes }) => writes)) quietSince = null;
    else quietSince ??= nowMs;
    const quiet = quietSince !== null && nowMs - quietSince >= QUIET_MS;
    if (quiet && (!known || nowMs >= deadline)) return true;
    if (!interrupted && signal?.aborted) return waiting === 0 && quietSince !== null;
    // Others write on all the time: it is enough that what was open then has ended.
    if (nowMs >= Math.max(deadline, (quietSince ?? 0) + QUIET_MS)) return waiting === 0;
    await sleep(LOOK_MS);
  }
}

/** What may yet be committed, for people. */
export function lateText(record: WriteRecord, givenUp: readonly GivenUp[]): string {
  const { operations } = record.writes;
  const base = record.reserved === null ? null : datasets[record.reserved.dataset]!;
  const byName = Map.groupBy(givenUp, ({ operation }) => operations[operation]?.name ?? "a write");
  const named = [...byName].map(([name, writes]) => {
    const keys = base === null ? [] : writes.map(({ slot }) => base.reservedBase + slot);
    const shown = `${keys.slice(0, SHOWN).join(", ")}${keys.length > SHOWN ? " …" : ""}`;
    return `${writes.length} of ${name}${shown === "" ? "" : ` (${base!.reserved.at(-1)!.column} ${shown})`}`;
  });
  return `Writes of the run ${record.runId} that were given up may yet be committed in the database ` +
    `"${record.place.database}"${
      named.length === 0 ? "" : `, ${named.join(", ")}`
    }: a session that is not Benchbook's, ` +
    "such as one of the server at GRAPHQL_URL, is still in a transaction.";
}

/** Of the tables that a run writes into. */
function schemasOf({ own, reserved }: Pick<WriteRecord, "own" | "reserved">): readonly string[] {
  return own?.schemas ?? datasets[reserved?.dataset ?? ""]?.schemas ?? [];
}
