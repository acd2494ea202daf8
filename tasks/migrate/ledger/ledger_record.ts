import { existsSync, readdirSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { isFolder } from "../../files/entry.ts";
import { readOwned, writeDurably } from "../../files/own_record.ts";
import type { Mix } from "../../load/mix.ts";
import { mixOf, type MixPlan } from "../../load/plan.ts";
import { ServiceError } from "../../model/errors.ts";
import { isRunId } from "../../model/run_id.ts";
import { isAlive, isProcessId, type ProcessId, self } from "../../stack/process.ts";
import { spoolRoot } from "../../store/spool.ts";
import type { WritingArm } from "../../undo/evidence.ts";
import { keepSegments } from "../../undo/kept_segments.ts";
import type { SlotWrites } from "../../undo/may_write.ts";
import type { RegisterValues } from "./register_rows.ts";
import type { Written } from "./written.ts";

const FOLDER = "ledgers";
/** More than values drawn from files and registers of the longest run take. */
const MOST_BYTES = 256 * 2 ** 20;

/** What the values of a run's requests are drawn by, as plain data. */
export type KeptDraws = Omit<MixPlan, "seed" | "streams">;

/** All that is needed to judge the writes of a run after it was killed: what its spool does not tell. */
export interface LedgerRecord {
  readonly runId: string;
  readonly owner: ProcessId;
  readonly writes: SlotWrites;
  /** By operation. */
  readonly written: readonly (Written | null)[];
  readonly draws: KeptDraws;
  readonly arms: readonly WritingArm[];
  readonly slots: number | null;
  readonly retries: number;
  readonly registers: RegisterValues;
}

/** The same as it is kept. */
interface KeptLedger extends Omit<LedgerRecord, "registers"> {
  readonly schema: 1;
  readonly registers: readonly (readonly [
    id: string,
    rows: readonly (readonly [key: string, values: readonly (string | null)[]])[],
  ])[];
}

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

/** The store that a run is in; null while its spool is not loaded. */
export function storeOfLedger(home: string, runId: string): string | null {
  const read = readOwned(join(ledgerFolder(home, runId), STORE), MOST_BYTES);
  if (read === null || read.refused !== null) return null;
  return JSON.parse(read.text) as string;
}

/** Where a run's spool lies, or what was kept of it. */
export function spoolOfLedger(home: string, runId: string): string {
  const pending = join(spoolRoot(home), runId);
  return isFolder(pending) ? pending : ledgerFolder(home, runId);
}

/** What a killed run's writes are judged by; null where nothing, or nothing that can be read, was kept of them. */
export function leftLedger(home: string, runId: string): LedgerRecord | null {
  const read = readOwned(recordPath(home, runId), MOST_BYTES);
  if (read === null || read.refused !== null) return null;
  try {
    const kept = JSON.parse(read.text) as KeptLedger;
    if (kept.schema !== 1 || kept.runId !== runId || !isProcessId(kept.owner) || isAlive(kept.owner)) {
      return null;
    }
    const registers = new Map(kept.registers.map(([id, rows]) => [id, new Map(rows)]));
    return { ...kept, registers };
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

/** What decides which values the run's writes gave. */
export function mixOfLedger({ draws, writes }: Pick<LedgerRecord, "draws" | "writes">): Mix {
  return mixOf({ ...draws, streams: writes.streams, seed: writes.seed });
}

function recordPath(home: string, runId: string): string {
  return join(ledgerFolder(home, runId), "record.json");
}

function ledgerFolder(home: string, runId: string): string {
  return join(home, FOLDER, runId);
}
