import { type FolderRecords, RecordFolder } from "../files/record_folder.ts";
import { isRunId } from "../model/run_id.ts";
import { isProcessId, type ProcessId } from "../stack/process.ts";

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

const TARGETS = new RecordFolder<TargetRecord>({
  folder: "move-targets",
  nameOf: ({ runId }) => runId,
  whatOf: () => "the target of a move",
  parse,
  damagedText: ({ name, path, why }) =>
    `Cannot use the record of the target of a move: ${path} ${why}. Drop the database ${
      targetName(name)
    } of the ` +
    "embedded target if it is there, then delete the file.",
});

/**
 * Keeps a record of a target's database, before it is made: whatever happens then, the next start finds it.
 * @throws {ServiceError} when it cannot be written; then nothing may be made
 */
export function keepTarget(home: string, record: TargetRecord): void {
  TARGETS.keep(home, record);
}

/** It is gone. */
export function forgetTarget(home: string, { runId }: Pick<TargetRecord, "runId">): void {
  TARGETS.forget(home, runId);
}

/** Those of a home. */
export function keptTargets(home: string): FolderRecords<TargetRecord> {
  return TARGETS.kept(home);
}

function parse(text: string): TargetRecord | null {
  const record = JSON.parse(text) as TargetRecord;
  const { schema, runId, owner, mark, oid } = record;
  const readable = schema === 1 && isRunId(runId) && isProcessId(owner) && Number.isSafeInteger(mark) &&
    (oid === null || Number.isSafeInteger(oid));
  return readable ? record : null;
}
