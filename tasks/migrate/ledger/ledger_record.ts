import { existsSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isFolder } from "../../files/entry.ts";
import { readOwned, writeDurably } from "../../files/own_record.ts";
import { ServiceError } from "../../model/errors.ts";
import { isRunId } from "../../model/run_id.ts";
import { isAlive, isProcessId, self } from "../../stack/process.ts";
import { spoolRoot } from "../../store/spool.ts";
import { keepSegments } from "../../undo/kept_segments.ts";
import { type KeptLedger, type LedgerRecord, parseLedger } from "./ledger_form.ts";

const FOLDER = "ledgers";
/** More than values drawn from files and registers of the longest run take. */
const MOST_BYTES = 256 * 2 ** 20;

/**
 * Keeps on disk what decides about a run's writes, before the first of them.
 * @throws {ServiceError} when it cannot be written; then nothing may be
 */
export function keepLedger(home: string, record: Omit<LedgerRecord, "owner">): void {
  const { draws, registers } = record;
  // Of reads nothing is judged, and what they draw from may be large.
  const operations = draws.operations.map((operation) =>
    operation.write ? operation : { ...operation, params: {} }
  );
  const used = new Set(
    operations.flatMap(({ params }) => Object.values(params)).flatMap((draw) =>
      draw.kind === "source" ? [draw.source] : []
    ),
  );
  const sources = Object.fromEntries(Object.entries(draws.sources).filter(([name]) => used.has(name)));
  const kept: KeptLedger = {
    ...record,
    schema: 1,
    owner: self(),
    draws: { ...draws, operations, sources },
    registers: [...registers].map(([id, rows]) => [id, [...rows]] as const),
  };
  // JSON has no such numbers; as texts they are written alike.
  const finite = (_name: string, value: unknown) =>
    typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
  try {
    writeDurably(recordPath(home, record.runId), JSON.stringify(kept, finite));
  } catch (error) {
    throw new ServiceError(
      `Cannot keep a record of what the run writes in ${join(home, FOLDER)}: ${(error as Error).message}`,
      "Nothing was written. Free space on that disk, or set BENCHBOOK_HOME to another folder.",
      { cause: error },
    );
  }
}

/** The writes of a run are judged, or cannot be any more. */
export function forgetLedger(home: string, runId: string): void {
  rmSync(ledgerFolder(home, runId), { recursive: true, force: true });
  try {
    rmdirSync(join(home, FOLDER));
  } catch {
    // Another run's is there, or none was.
  }
}

/**
 * Keeps what the spool of a run that was killed tells of its writes, and where the run is stored, before the spool is
 * removed: nothing of a run whose writes are judged.
 * @param db the store that the run is in
 * @throws where it cannot be kept: then the spool must stay
 */
export function keepLedgerSpool(home: string, runId: string, dir: string, db: string): void {
  if (!existsSync(recordPath(home, runId))) return;
  keepSegments(dir, ledgerFolder(home, runId));
  writeDurably(join(ledgerFolder(home, runId), STORE), JSON.stringify(db));
}

const STORE = "store.json";

/**
 * The store that a run is in; null while its spool is not loaded.
 * @throws {ServiceError} where that is known no more
 */
export function storeOfLedger(home: string, runId: string): string | null {
  const path = join(ledgerFolder(home, runId), STORE);
  if (!existsSync(path)) return null;
  const read = readOwned(path, MOST_BYTES);
  try {
    const db: unknown = read === null || read.refused !== null ? null : JSON.parse(read.text);
    if (typeof db === "string") return db;
  } catch {
    // It is damaged.
  }
  throw new ServiceError(`Cannot tell which store the run ${runId} is in: ${path} is damaged`);
}

/** Where a run's spool lies, or what was kept of it. */
export function spoolOfLedger(home: string, runId: string): string {
  const pending = join(spoolRoot(home), runId);
  return isFolder(pending) ? pending : ledgerFolder(home, runId);
}

/** A record by which nothing can be judged. */
export interface UnreadableLedger {
  /** Why, as a sentence's part. */
  readonly unreadable: string;
}

/** What a killed run's writes are judged by; null where nothing was kept of them, or the run goes on. */
export function leftLedger(home: string, runId: string): LedgerRecord | UnreadableLedger | null {
  const path = recordPath(home, runId);
  if (!existsSync(path)) return null;
  const read = readOwned(path, MOST_BYTES);
  if (read === null) return { unreadable: `${path} cannot be read` };
  if (read.refused !== null) return { unreadable: `${path} ${read.refused}` };
  const kept = keptIn(read.text);
  if (kept !== null && isProcessId(kept.owner) && isAlive(kept.owner)) return null;
  if (kept !== null && kept.schema !== 1) return { unreadable: `another version of Benchbook wrote ${path}` };
  const record = kept?.runId !== runId || !isProcessId(kept.owner) ? null : parseLedger(kept);
  return record ?? { unreadable: `${path} is damaged` };
}

function keptIn(text: string): KeptLedger | null {
  try {
    const kept = JSON.parse(text);
    return typeof kept === "object" ? kept : null;
  } catch {
    return null;
  }
}

/** Runs of which something is kept. */
export function runsWithLedger(home: string): string[] {
  try {
    return readdirSync(join(home, FOLDER)).filter(isRunId).sort();
  } catch {
    return [];
  }
}

function recordPath(home: string, runId: string): string {
  return join(ledgerFolder(home, runId), "record.json");
}

function ledgerFolder(home: string, runId: string): string {
  return join(home, FOLDER, runId);
}
