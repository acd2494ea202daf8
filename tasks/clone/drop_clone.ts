import pg, { type Client } from "pg";
import { InterruptedError } from "../model/errors.ts";
import { sessionPrefix } from "../model/session_name.ts";
import { asLogin } from "../seed/connect.ts";
import { placeText } from "../undo/place.ts";
import { endStatements } from "../undo/sessions.ts";
import { connectedText, connectedTo } from "./cloneable.ts";
import { clonePath, type CloneRecord, forgetClone, keepClone } from "./clone_record.ts";
import { cloneSql } from "./clone_sql.ts";
import { foundAs } from "./make_clone.ts";

/** Another database of that name, or none, has taken its place: nothing of ours is there. */
export type Dropped = "dropped" | "not there";

/**
 * Drops a clone, and ends the sessions of its own run for that; then its record goes. What bears its name without its
 * mark is somebody else's, and stays. May be called any number of times.
 * @param client in another database of the same server
 * @param look has a last look at it, once nobody of its run is in it any more
 * @returns what is left, as sentences, where it cannot be dropped now
 * @throws {InterruptedError} where the look was interrupted: the clone is there for another one
 */
export async function dropClone(
  home: string,
  record: CloneRecord,
  client: Client,
  look: () => Promise<void> = async () => {},
): Promise<Dropped | { readonly left: string }> {
  const { name, mark, runId, of } = record;
  try {
    // It may be in the making yet, by a session of a process that was killed.
    await whereSeen(() => endStatements(client, runId));
    const found = await foundAs(client, name);
    // Once it is made its oid alone is what it is known by: a DROP that is cut short takes the mark away.
    const isOurs = record.oid === null ? found?.mark === mark : found?.oid === record.oid;
    if (found === null || !isOurs) {
      forgetClone(home, record);
      return "not there";
    }
    if (record.oid === null) keepClone(home, { ...record, oid: found.oid });
    await whereSeen(() =>
      asLogin(client, () => client.query(cloneSql("end_sessions.sql"), [name, sessionPrefix(runId)]))
    );
    await look();
    await client.query(`DROP DATABASE ${pg.escapeIdentifier(name)}`);
  } catch (error) {
    if (error instanceof InterruptedError) throw error;
    const { code, message } = error as { code?: string; message: string };
    if (code !== "3D000") {
      const connected = code === "55006" ? await connectedTo(client, name, runId).catch(() => []) : [];
      const why = connected.length === 0 ? message : `connected to it: ${connectedText(connected)}`;
      return { left: leftText({ name, of }, `${why}.`, home) };
    }
  }
  forgetClone(home, record);
  return "dropped";
}

/** Ends sessions where the role may see them (pg_stat_activity); elsewhere the server waits for them when it drops. */
async function whereSeen(end: () => Promise<unknown>): Promise<void> {
  try {
    await end();
  } catch (error) {
    if ((error as { code?: string }).code !== "42501") throw error;
  }
}

/** What is to be known of a clone that is left. */
export function leftText({ name, of }: Pick<CloneRecord, "name" | "of">, why: string, home: string): string {
  return `The clone "${name}" of ${
    placeText(of)
  } is left: ${why} The next deno task bench drops it, and so does ` +
    `\`deno task clean --writes\`. ${bySelf(home, name)}`;
}

/** What is to be done where the user drops a clone: what is kept of it goes with a drop of ours alone. */
export function bySelf(home: string, name: string): string {
  return `Where you drop it yourself, delete ${clonePath(home, name)}.`;
}
