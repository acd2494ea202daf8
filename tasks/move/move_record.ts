import { type FolderRecords, RecordFolder } from "../files/record_folder.ts";
import type { MoveSide } from "../model/client_gate.ts";
import { isRunId } from "../model/run_id.ts";
import { isProcessId, type ProcessId } from "../stack/process.ts";
import type { DatabasePlace } from "../undo/record.ts";

const MARK = /^[0-9a-f]{16}$/;

/** All that is needed to find again what a move makes on both servers, and to know it for the move's. */
export interface MoveRecord {
  readonly schema: 1;
  readonly runId: string;
  /** Part of every name that the move gives. */
  readonly mark: string;
  readonly owner: ProcessId;
  readonly since: string;
  /** Never with a password. */
  readonly source: DatabasePlace;
  readonly target: DatabasePlace;
  /** The target's subscription, whose copies make slots of their own at the source; null until it is there. */
  readonly subscription: number | null;
  /** Whether the clients may have written at the target: then its rows stay. */
  readonly switched: boolean;
  /** The server that has all that was acknowledged: where clients are, or may go over to. */
  readonly at: MoveSide;
  /** Those that move. */
  readonly schemas: readonly string[];
  /** What the move had made is gone, and it is for the user to say which of the servers is to serve. */
  readonly removed?: true;
}

const MOVES = new RecordFolder<MoveRecord>({
  folder: "moves",
  nameOf: ({ mark }) => mark,
  whatOf: () => "the move",
  parse,
  damagedText: ({ name, path, why }) =>
    `Cannot use the record of a move: ${path} ${why}. Look on both servers for what is called benchbook_move_${name} ` +
    "(slots, subscriptions, publications, a schema), remove it, then delete the file.",
});

/**
 * Keeps a record of a move, before it makes anything: whatever happens then, the next start finds it.
 * @throws {ServiceError} when it cannot be written; then nothing may be made
 */
export function keepMove(home: string, record: MoveRecord): void {
  MOVES.keep(home, record);
}

/** Nothing of it is left. */
export function forgetMove(home: string, { mark }: Pick<MoveRecord, "mark">): void {
  MOVES.forget(home, mark);
}

/** Where a move's record lies. */
export function movePath(home: string, mark: string): string {
  return MOVES.path(home, mark);
}

/** Those of a home. */
export function keptMoves(home: string): FolderRecords<MoveRecord> {
  return MOVES.kept(home);
}

function parse(text: string): MoveRecord | null {
  const record = JSON.parse(text) as MoveRecord;
  const { schema, runId, mark, owner, source, target, subscription, switched, at, schemas } = record;
  const isPlace = (place: DatabasePlace) =>
    [place.database, place.host].every((word) => typeof word === "string") &&
    Number.isSafeInteger(place.port) && Number.isSafeInteger(place.oid) &&
    (place.system === null || typeof place.system === "string") && typeof place.embedded === "boolean";
  const readable = schema === 1 && isRunId(runId) && MARK.test(mark) && isProcessId(owner) &&
    isPlace(source) && isPlace(target) && (subscription === null || Number.isSafeInteger(subscription)) &&
    typeof switched === "boolean" && (at === "source" || at === "target") &&
    Array.isArray(schemas) && schemas.every((name) => typeof name === "string");
  return readable ? record : null;
}
