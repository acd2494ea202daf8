import type { MoveSide } from "../model/client_gate.ts";
import { ServiceError } from "../model/errors.ts";
import { withClient } from "../seed/connect.ts";
import { undoSql } from "../seed/reserved.ts";
import { isAlive } from "../stack/process.ts";
import { endStatements } from "../undo/sessions.ts";
import { placeOf, placeText, sameServer, urlOf } from "../undo/place.ts";
import type { DatabasePlace } from "../undo/record.ts";
import { type Holder, holdersOf } from "./left_holders.ts";
import { isUndecided, undecidedText } from "./left_undecided.ts";
import { keptMoves, type MoveRecord } from "./move_record.ts";
import { GONE, removeMove, type SideUrl, unfenceMove } from "./remove_move.ts";

/** What became of what killed moves have left, a sentence each. */
export interface LeftMoves {
  readonly told: readonly string[];
  /** What is left. */
  readonly left: readonly string[];
}

/** A way to a server: to any database of it. */
export interface ServerUrl {
  /** May hold a password. */
  readonly url: string;
  readonly embedded: boolean;
}

/** Looks at what a run has written, before anything of its move is removed. */
export type LookAtMoved = (record: MoveRecord, holders: readonly Holder[]) => Promise<void>;

/**
 * Removes what moves of this home that were killed have left on both servers, the fence first, which keeps everybody from
 * writing; what cannot be reached is named each time until it is gone. Comes before clones are dropped: a database with a
 * subscription cannot be. The caller holds the lock of the home.
 * @param servers those that may be asked
 * @param look has a last look, while nobody is kept from writing any more
 * @param told gets what was done, by and by
 * @throws what the look throws
 */
export async function removeLeftMoves(
  home: string,
  servers: Readonly<Record<MoveSide, ServerUrl | null>>,
  look: LookAtMoved = async () => {},
  told: string[] = [],
): Promise<LeftMoves> {
  const { records, damaged } = keptMoves(home);
  const left: string[] = [...damaged];
  for (const record of records.filter(({ owner }) => !isAlive(owner))) {
    if (record.removed) {
      left.push(undecidedText(home, record));
      continue;
    }
    const urls = {
      source: await reached(record.source, servers.source),
      target: await reached(record.target, servers.target),
    };
    // One in the making would be made after it was looked for.
    for (const url of Object.values(urls)) {
      if (typeof url !== "string") continue;
      await withClient(url, (client) => endStatements(client, record.runId), { name: "benchbook move" })
        .catch(() => {});
    }
    await unfenceMove(record, urls);
    await look(record, await holdersOf(home, record, urls));
    const still = await removeMove(home, record, urls, isUndecided(record));
    left.push(...still);
    if (still.length > 0) continue;
    if (isUndecided(record)) left.push(undecidedText(home, record));
    told.push(
      `Removed what the move of run ${record.runId} had left in ${placeText(record.source)} and in ` +
        `${placeText(record.target)}: its fence, subscriptions, publications and replication slots.`,
    );
  }
  return { told, left };
}

/** By its oid: another database may bear its name by now. */
async function reached(place: DatabasePlace, server: ServerUrl | null): Promise<SideUrl> {
  if (server === null) return null;
  try {
    return await withClient<SideUrl>(server.url, async (client) => {
      if (!sameServer(place, await placeOf(client, server.url, server.embedded))) return null;
      const { rows: [found] } = await client.query<{ name: string }>(undoSql("database.sql"), [place.oid]);
      return found === undefined ? GONE : urlOf(server.url, found.name);
    }, { name: "benchbook move" });
  } catch {
    // It is named as left.
    return null;
  }
}

/**
 * Refuses to forget moves on servers that outlive the home.
 * @throws {ServiceError} naming them
 */
export function keepKnownMoves(home: string): void {
  const left = keptMoves(home).records.filter(({ source, target, removed }) =>
    !removed && !(source.embedded && target.embedded)
  );
  if (left.length === 0) return;
  throw new ServiceError(
    `Cannot remove ${home}: only it knows what moves have left in ${
      left.map(({ source, target }) => `${placeText(source)} and ${placeText(target)}`).join(", ")
    }`,
    "Start a move between them, which removes it first; or remove what is called benchbook_move_… there, and the folder `moves` in it.",
  );
}
