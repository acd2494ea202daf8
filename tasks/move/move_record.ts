import { readdirSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { readOwned, writeDurably } from "../files/own_record.ts";
import type { Side } from "../model/client_gate.ts";
import { ServiceError } from "../model/errors.ts";
import { isRunId } from "../model/run_id.ts";
import { isProcessId, type ProcessId } from "../stack/process.ts";
import type { DatabasePlace } from "../undo/record.ts";

const FOLDER = "moves";
const MARK = /^[0-9a-f]{16}$/;
const MOST_BYTES = 2 ** 16;

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
  readonly at: Side;
  /** Those that move. */
  readonly schemas: readonly string[];
  /** What the move had made is gone, and it is for the user to say which of the servers is to serve. */
  readonly removed?: true;
}

/**
 * Keeps a record of a move, before it makes anything: whatever happens then, the next start finds it.
 * @throws {ServiceError} when it cannot be written; then nothing may be made
 */
export function keepMove(home: string, record: MoveRecord): void {
  try {
    writeDurably(movePath(home, record.mark), JSON.stringify(record));
  } catch (error) {
    throw new ServiceError(
      `Cannot keep a record of the move in ${join(home, FOLDER)}: ${(error as Error).message}`,
      "Free space on that disk, or set BENCHBOOK_HOME to another folder.",
      { cause: error },
    );
  }
}

/** Nothing of it is left. */
export function forgetMove(home: string, { mark }: Pick<MoveRecord, "mark">): void {
  rmSync(movePath(home, mark), { force: true });
  try {
    rmdirSync(join(home, FOLDER));
  } catch {
    // Another one's record is there.
  }
}

/** Where a move's record lies. */
export function movePath(home: string, mark: string): string {
  return join(home, FOLDER, `${mark}.json`);
}

/** The records of a home, and a sentence for each file that is none to act upon; it is kept. */
export function keptMoves(home: string): {
  readonly records: readonly MoveRecord[];
  readonly damaged: readonly string[];
} {
  let names: string[];
  try {
    names = readdirSync(join(home, FOLDER)).sort();
  } catch {
    return { records: [], damaged: [] };
  }
  const records: MoveRecord[] = [];
  const damaged: string[] = [];
  for (const file of names.filter((name) => name.endsWith(".json"))) {
    const path = join(home, FOLDER, file);
    const read = readOwned(path, MOST_BYTES);
    const record = read === null ? null : parse(read.text);
    const why = read?.refused ?? (record === null || `${record.mark}.json` !== file ? "is damaged" : null);
    if (why === null) {
      records.push(record!);
      continue;
    }
    damaged.push(
      `Cannot use the record of a move: ${path} ${why}. Look on both servers for what is called ` +
        `benchbook_move_${
          file.slice(0, -5)
        } (slots, subscriptions, publications, a schema), remove it, then delete the file.`,
    );
  }
  return { records, damaged };
}

function parse(text: string): MoveRecord | null {
  try {
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
  } catch {
    return null;
  }
}
