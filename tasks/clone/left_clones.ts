import { ServiceError } from "../model/errors.ts";
import type { Client } from "pg";
import { openClient } from "../seed/connect.ts";
import { type DatabaseLock, lockDatabase } from "../seed/database_lock.ts";
import { undoSql } from "../seed/reserved.ts";
import { isAlive } from "../stack/process.ts";
import { cleaningText, placeOf, placeText, sameServer, urlOf } from "../undo/place.ts";
import { type CloneRecord, keptClones } from "./clone_record.ts";
import { bySelf, dropClone, type Dropped, leftText } from "./drop_clone.ts";

/** What became of the clones of runs that did not drop them themselves, a sentence each. */
export interface LeftClones {
  readonly told: readonly string[];
  /** What is left. */
  readonly left: readonly string[];
}

/** Where they are looked for. */
interface LookedAt {
  /** A database of the server. */
  readonly url: string;
  readonly embedded: boolean;
  /** Whether the caller has the lock of that database. */
  readonly held: boolean;
  /** Has a last look at what a run has left, before it is dropped. @param url of the clone; may hold a password */
  readonly look?: (runId: string, url: string) => Promise<void>;
  /** Gets what was dropped, by and by: also of what an interruption cuts short. */
  readonly told?: string[];
}

/**
 * Drops what runs of this home that were killed have cloned on a server; what is left, there or on another server, is
 * named each time until it is gone. The caller holds the lock of the home.
 * @throws {InterruptedError} where a look was interrupted
 */
export async function dropLeftClones(home: string, at: LookedAt): Promise<LeftClones> {
  const { records, damaged } = keptClones(home);
  const { told = [] } = at;
  const left: string[] = [...damaged];
  const ended = records.filter(({ owner }) => !isAlive(owner));
  if (ended.length === 0) return { told, left };
  const client = await openClient(at.url, "benchbook undo");
  try {
    const here = await placeOf(client, at.url, at.embedded);
    for (const record of ended) {
      const { name, runId, of } = record;
      if (!sameServer(of, here)) {
        left.push(
          `The run ${runId} ended early and may have left the clone "${name}" of ${placeText(of)}. ` +
            `${cleaningText(of, "drops it")} ${bySelf(home, name)}`,
        );
        continue;
      }
      const dropped = await dropUnlessUsed(home, record, client, at, here.database);
      if (dropped === "dropped") {
        told.push(`Dropped the clone "${name}" of ${placeText(of)} that the run ${runId} had left.`);
      } else if (dropped !== "not there") left.push(dropped.left);
    }
  } finally {
    await client.end().catch(() => {});
  }
  return { told, left };
}

/** A run goes on elsewhere where its home was copied, or is shared: then it holds the lock of the database it has cloned. */
async function dropUnlessUsed(
  home: string,
  record: CloneRecord,
  client: Client,
  { url, held, look }: LookedAt,
  here: string,
): Promise<Dropped | { readonly left: string }> {
  // By its oid: it may have another name by now, or be gone.
  const { rows: [original] } = await client.query<{ name: string }>(undoSql("database.sql"), [record.of.oid]);
  let lock: DatabaseLock | undefined;
  try {
    if (original !== undefined && !(held && original.name === here)) {
      lock = await lockDatabase(urlOf(url, original.name), `undo ${record.runId}`);
    }
  } catch (error) {
    return { left: leftText(record, `${(error as Error).message}.`, home) };
  }
  try {
    return await dropClone(
      home,
      record,
      client,
      () => look?.(record.runId, urlOf(url, record.name)) ?? Promise.resolve(),
    );
  } finally {
    await lock?.release();
  }
}

/**
 * Refuses to forget clones on servers that outlive the home.
 * @throws {ServiceError} naming them
 */
export function keepKnownClones(home: string): void {
  const left = keptClones(home).records.filter(({ of }) => !of.embedded);
  if (left.length === 0) return;
  throw new ServiceError(
    `Cannot remove ${home}: only it knows of ${
      left.map(({ name, of }) => `the clone "${name}" of ${placeText(of)}`).join(", ")
    }`,
    "Run `deno task clean --writes` with a DATABASE_URL that leads there; or drop it, and remove the folder `clones` in it.",
  );
}
