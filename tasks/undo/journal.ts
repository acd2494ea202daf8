import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { ServiceError } from "../model/errors.ts";
import type { ProcessId } from "../stack/process.ts";
import type { SlotWrites } from "./may_write.ts";

/** Which database was written into; never with a password. */
export interface DatabasePlace {
  /** Of the server and its replicas; null where the role may not ask. */
  readonly system: string | null;
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly oid: number;
  /** Whether it is a server of the home's own. */
  readonly embedded: boolean;
}

/** What a write leaves under one set of keys, as its `.check.sql` reads it. */
export interface Look {
  readonly operation: string;
  /** The query, with $1, $2 … placeholders. */
  readonly text: string;
  readonly values: readonly unknown[];
  /** Hash of what it gave before the run wrote: the rows themselves are the user's. */
  readonly before: string;
}

/** All that is needed to take back what a run writes, also after it was killed. */
export interface WriteRecord {
  readonly schema: 1;
  /** Of the run or the search: its connections bear its name. */
  readonly runId: string;
  /** The run whose spool tells of the writes; null while results are compared. */
  readonly spool: string | null;
  readonly scenario: string;
  readonly owner: ProcessId;
  readonly since: string;
  readonly place: DatabasePlace;
  /** Writes under reserved keys of a data set; null where there are none. */
  readonly reserved: { readonly dataset: string; readonly writes: SlotWrites } | null;
  /** Slots whose key was somebody else's: their writes failed, and what stands there is not ours. */
  readonly notOurs: readonly number[];
  /** The SQL of the scenario's own that takes its writes back; null where it has none. */
  readonly own: { readonly file: string; readonly sql: string } | null;
  readonly looks: readonly Look[];
  /** Beginning of the run's keys in Redis; null without a cache. */
  readonly cachePrefix: string | null;
}

const FOLDER = "undo";

/**
 * Writes a record so that it outlives a kill and a power cut: only then may the first write be sent. An earlier record
 * of the run is replaced.
 * @param home BENCHBOOK_HOME
 * @throws {ServiceError} when it cannot be written
 */
export function keepRecord(home: string, record: WriteRecord): void {
  try {
    write(join(home, FOLDER), recordPath(home, record.runId), record);
  } catch (error) {
    throw new ServiceError(
      `Cannot keep a record of what the run writes in ${join(home, FOLDER)}: ${(error as Error).message}`,
      "Nothing was written. Free space on that disk, or set BENCHBOOK_HOME to another folder.",
      { cause: error },
    );
  }
}

function write(folder: string, path: string, record: WriteRecord): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const part = `${path}.part`;
  const file = openSync(part, "w", 0o600);
  try {
    const bytes = new TextEncoder().encode(JSON.stringify(record));
    for (let done = 0; done < bytes.length;) done += writeSync(file, bytes, done);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(part, path);
  const entry = openSync(folder, "r");
  fsyncSync(entry);
  closeSync(entry);
}

/** The writes of the run are taken back, or there were none. */
export function dropRecord(home: string, runId: string): void {
  rmSync(recordPath(home, runId), { force: true });
}

/** The records of a home, oldest first, and what of them cannot be read. */
export interface KeptRecords {
  readonly records: readonly WriteRecord[];
  /** A sentence for each file that cannot be read; it is kept. */
  readonly damaged: readonly string[];
}

/** All records of a home; those whose run still goes on among them. */
export function keptRecords(home: string): KeptRecords {
  const folder = join(home, FOLDER);
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith(".json")).sort();
  } catch {
    return { records: [], damaged: [] };
  }
  const records: WriteRecord[] = [];
  const damaged: string[] = [];
  for (const name of names) {
    const record = readRecord(join(folder, name));
    if (record !== null && `${record.runId}.json` === name) {
      records.push(record);
      continue;
    }
    const aside = join(folder, `${name}.damaged`);
    renameSync(join(folder, name), aside);
    damaged.push(
      `Cannot read what the run ${
        name.slice(0, -5)
      } may have written: its record is damaged and was moved to ${aside}.`,
    );
  }
  return { records, damaged };
}

function readRecord(path: string): WriteRecord | null {
  try {
    const record = JSON.parse(readFileSync(path, "utf8")) as WriteRecord;
    const whole = record.schema === 1 && typeof record.place.database === "string" &&
      Array.isArray(record.looks) &&
      Array.isArray(record.notOurs) && record.owner !== undefined;
    return whole ? record : null;
  } catch {
    return null;
  }
}

/** Where a run's record lies. */
export function recordPath(home: string, runId: string): string {
  return join(home, FOLDER, `${runId}.json`);
}
