import { type FolderRecords, RecordFolder } from "../files/record_folder.ts";
import { isRunId } from "../model/run_id.ts";
import { isProcessId, type ProcessId } from "../stack/process.ts";
import type { DatabasePlace } from "../undo/record.ts";

const NAME = /^benchbook_clone_\d{8}_\d{6}_[0-9a-f]{4}_\d+$/;

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

const CLONES = new RecordFolder<CloneRecord>({
  folder: "clones",
  nameOf: ({ name }) => name,
  whatOf: ({ name }) => `the clone ${name}`,
  parse,
  damagedText: ({ name, path, why }) =>
    `Cannot use the record of the clone ${name}: ${path} ${why}. Drop that database yourself if it is there, then delete ` +
    "the file.",
});

/**
 * Keeps a record of a clone, before it is made: whatever happens then, the next start finds it.
 * @throws {ServiceError} when it cannot be written; then nothing may be made
 */
export function keepClone(home: string, record: CloneRecord): void {
  CLONES.keep(home, record);
}

/** It is gone. */
export function forgetClone(home: string, { name }: Pick<CloneRecord, "name">): void {
  CLONES.forget(home, name);
}

/** Where a clone's record lies. */
export function clonePath(home: string, name: string): string {
  return CLONES.path(home, name);
}

/** Those of a home. */
export function keptClones(home: string): FolderRecords<CloneRecord> {
  return CLONES.kept(home);
}

function parse(text: string): CloneRecord | null {
  const record = JSON.parse(text) as CloneRecord;
  const { schema, name, mark, oid, runId, owner, of } = record;
  const readable = schema === 1 && NAME.test(name) && Number.isSafeInteger(mark) &&
    (oid === null || Number.isSafeInteger(oid)) && isRunId(runId) && isProcessId(owner) &&
    [of.database, of.host].every((word) => typeof word === "string") && Number.isSafeInteger(of.port) &&
    (of.system === null || typeof of.system === "string") && typeof of.embedded === "boolean";
  return readable ? record : null;
}
