import { readdirSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { readOwned, writeDurably } from "../files/own_record.ts";
import { ServiceError } from "../model/errors.ts";
import { isRunId } from "../model/run_id.ts";
import { isProcessId, type ProcessId } from "../stack/process.ts";
import type { DatabasePlace } from "../undo/record.ts";

const FOLDER = "clones";
const NAME = /^benchbook_clone_\d{8}_\d{6}_[0-9a-f]{4}_\d+$/;
const MOST_BYTES = 2 ** 16;

/** All that is needed to find a clone again, and to know it for ours. */
export interface CloneRecord {
  readonly schema: 1;
  readonly name: string;
  /** What it is made with, as its limit of connections: so it bears the mark from its first moment on. */
  readonly mark: number;
  /** Null until it is made. */
  readonly oid: number | null;
  /** Of the run or the search: its connections bear its name. */
  readonly runId: string;
  readonly owner: ProcessId;
  readonly since: string;
  /** The database that it was made of; never with a password. */
  readonly of: DatabasePlace;
}

/** What a clone is called. @param nth among those of the run, from 1 */
export function cloneName(runId: string, nth: number): string {
  return `benchbook_clone_${runId.replaceAll("-", "_")}_${nth}`;
}

/** No limit that anybody meets, and no number that anybody would choose. */
export function newMark(): number {
  return 1_000_000_000 + Math.floor(Math.random() * 1_000_000_000);
}

/**
 * Keeps a record of a clone, before it is made: whatever happens then, the next start finds it.
 * @throws {ServiceError} when it cannot be written; then nothing may be made
 */
export function keepClone(home: string, record: CloneRecord): void {
  try {
    writeDurably(clonePath(home, record.name), JSON.stringify(record));
  } catch (error) {
    throw new ServiceError(
      `Cannot keep a record of the clone ${record.name} in ${join(home, FOLDER)}: ${
        (error as Error).message
      }`,
      "Free space on that disk, or set BENCHBOOK_HOME to another folder.",
      { cause: error },
    );
  }
}

/** It is gone. */
export function forgetClone(home: string, { name }: Pick<CloneRecord, "name">): void {
  rmSync(clonePath(home, name), { force: true });
  try {
    rmdirSync(join(home, FOLDER));
  } catch {
    // Another one's record is there.
  }
}

/** Where a clone's record lies. */
export function clonePath(home: string, name: string): string {
  return join(home, FOLDER, `${name}.json`);
}

/** The records of a home, and a sentence for each file that is none to act upon; it is kept. */
export function keptClones(home: string): {
  readonly records: readonly CloneRecord[];
  readonly damaged: readonly string[];
} {
  const folder = join(home, FOLDER);
  let names: string[];
  try {
    names = readdirSync(folder).sort();
  } catch {
    return { records: [], damaged: [] };
  }
  const records: CloneRecord[] = [];
  const damaged: string[] = [];
  for (const file of names.filter((name) => name.endsWith(".json"))) {
    const path = join(folder, file);
    const read = readOwned(path, MOST_BYTES);
    const record = read === null ? null : parse(read.text);
    const why = read?.refused ?? (record === null || `${record.name}.json` !== file ? "is damaged" : null);
    if (why === null) records.push(record!);
    else {
      damaged.push(
        `Cannot use the record of the clone ${
          file.slice(0, -5)
        }: ${path} ${why}. Drop that database yourself if it is ` +
          "there, then delete the file.",
      );
    }
  }
  return { records, damaged };
}

function parse(text: string): CloneRecord | null {
  try {
    const record = JSON.parse(text) as CloneRecord;
    const { schema, name, mark, oid, runId, owner, of } = record;
    const readable = schema === 1 && NAME.test(name) && Number.isSafeInteger(mark) &&
      (oid === null || Number.isSafeInteger(oid)) && isRunId(runId) && isProcessId(owner) &&
      [of.database, of.host].every((word) => typeof word === "string") && Number.isSafeInteger(of.port) &&
      (of.system === null || typeof of.system === "string") && typeof of.embedded === "boolean";
    return readable ? record : null;
  } catch {
    return null;
  }
}
