import { readdirSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { readOwned, writeDurably } from "../files/own_record.ts";
import { ServiceError } from "../model/errors.ts";
import { isRunId } from "../model/run_id.ts";
import { isProcessId, type ProcessId } from "../stack/process.ts";

const FOLDER = "move-targets";
const MOST_BYTES = 2 ** 16;

/** All that is needed to find what a run has made on the embedded target for its move, and to know it for the run's. */
export interface TargetRecord {
  readonly schema: 1;
  readonly runId: string;
  readonly owner: ProcessId;
  readonly since: string;
  /** What its database is made with, as its limit of connections: so it bears the mark from its first moment on. */
  readonly mark: number;
  /** Null until it is made. */
  readonly oid: number | null;
}

/** What the database is called that a run moves to. */
export function targetName(runId: string): string {
  return `benchbook_target_${runId.replaceAll("-", "_")}`;
}

/**
 * Keeps a record of a target's database, before it is made: whatever happens then, the next start finds it.
 * @throws {ServiceError} when it cannot be written; then nothing may be made
 */
export function keepTarget(home: string, record: TargetRecord): void {
  try {
    writeDurably(targetPath(home, record), JSON.stringify(record));
  } catch (error) {
    throw new ServiceError(
      `Cannot keep a record of the target of a move in ${join(home, FOLDER)}: ${(error as Error).message}`,
      "Free space on that disk, or set BENCHBOOK_HOME to another folder.",
      { cause: error },
    );
  }
}

/** It is gone. */
export function forgetTarget(home: string, record: Pick<TargetRecord, "runId">): void {
  rmSync(targetPath(home, record), { force: true });
  try {
    rmdirSync(join(home, FOLDER));
  } catch {
    // Another one's record is there.
  }
}

/** Where a target's record lies. */
export function targetPath(home: string, { runId }: Pick<TargetRecord, "runId">): string {
  return join(home, FOLDER, `${runId}.json`);
}

/** The records of a home, and a sentence for each file that is none to act upon; it is kept. */
export function keptTargets(home: string): {
  readonly records: readonly TargetRecord[];
  readonly damaged: readonly string[];
} {
  let names: string[];
  try {
    names = readdirSync(join(home, FOLDER)).filter((name) => name.endsWith(".json")).sort();
  } catch {
    return { records: [], damaged: [] };
  }
  const records: TargetRecord[] = [];
  const damaged: string[] = [];
  for (const file of names) {
    const path = join(home, FOLDER, file);
    const read = readOwned(path, MOST_BYTES);
    const record = read === null ? null : parse(read.text);
    const why = read?.refused ?? (record === null || `${record.runId}.json` !== file ? "is damaged" : null);
    if (why === null) records.push(record!);
    else {
      damaged.push(
        `Cannot use the record of the target of a move: ${path} ${why}. Drop the database ${
          targetName(file.slice(0, -5))
        } of the embedded target if it is there, then delete the file.`,
      );
    }
  }
  return { records, damaged };
}

function parse(text: string): TargetRecord | null {
  try {
    const record = JSON.parse(text) as TargetRecord;
    const { schema, runId, owner, mark, oid } = record;
    const readable = schema === 1 && isRunId(runId) && isProcessId(owner) && Number.isSafeInteger(mark) &&
      (oid === null || Number.isSafeInteger(oid));
    return readable ? record : null;
  } catch {
    return null;
  }
}
