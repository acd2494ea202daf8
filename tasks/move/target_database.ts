import pg, { type Client } from "pg";
import { foundAs } from "../clone/make_clone.ts";
import { newMark } from "../clone/clone_record.ts";
import { withClient } from "../seed/connect.ts";
import { isAlive, self } from "../stack/process.ts";
import { urlOf } from "../undo/place.ts";
import { removePassfiles } from "./embedded_connection.ts";
import { moveSql } from "./move_sql.ts";
import { forgetTarget, keepTarget, keptTargets, targetName, type TargetRecord } from "./target_record.ts";

/**
 * Makes an empty database on the embedded target for a run's move, once its mark is on disk.
 * @param adminUrl of another database there; holds a password
 * @returns its record and its name
 */
export async function makeTarget(
  home: string,
  runId: string,
  adminUrl: string,
): Promise<{ readonly record: TargetRecord; readonly name: string }> {
  const name = targetName(runId);
  const planned: TargetRecord = {
    schema: 1,
    runId,
    owner: self(),
    since: new Date().toISOString(),
    mark: newMark(),
    oid: null,
  };
  keepTarget(home, planned);
  const record = await withClient(adminUrl, async (client) => {
    await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)} CONNECTION LIMIT ${planned.mark}`);
    return { ...planned, oid: (await foundAs(client, name))!.oid };
  });
  keepTarget(home, record);
  return { record, name };
}

/**
 * Drops the database of a run's move with what was moved into it, and removes the files by which the two servers reached
 * each other; then its record goes. What bears the database's name without its mark is somebody else's, and stays.
 */
export async function dropTarget(home: string, record: TargetRecord, adminUrl: string): Promise<void> {
  const name = targetName(record.runId);
  await withClient(adminUrl, async (client) => {
    const found = await foundAs(client, name);
    // Once it is made its oid alone is what it is known by: a DROP that is cut short takes the mark away.
    const isOurs = record.oid === null ? found?.mark === record.mark : found?.oid === record.oid;
    if (found === null || !isOurs) return;
    // One that is half dropped lets nobody in, and has none.
    if (found.mark === record.mark) await withClient(urlOf(adminUrl, name), dropSubscriptions);
    await client.query(`DROP DATABASE ${pg.escapeIdentifier(name)} WITH (FORCE)`);
  });
  removePassfiles(home, record.runId);
  forgetTarget(home, record);
}

/** A database that has subscriptions is not dropped. The slots that they use are the other server's to remove. */
async function dropSubscriptions(client: Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(moveSql("subscriptions.sql"));
  for (const { name } of rows) {
    await client.query(`ALTER SUBSCRIPTION ${name} DISABLE`);
    await client.query(`ALTER SUBSCRIPTION ${name} SET (slot_name = NONE)`);
    await client.query(`DROP SUBSCRIPTION ${name}`);
  }
}

/**
 * Drops what moves of this home that were killed have left on the embedded target. The caller holds the lock of the home.
 * @param adminUrl null: it does not start
 * @returns what is left, a sentence each
 */
export async function dropLeftTargets(home: string, adminUrl: string | null): Promise<readonly string[]> {
  const { records, damaged } = keptTargets(home);
  const left = [...damaged];
  for (const record of records.filter(({ owner }) => !isAlive(owner))) {
    try {
      if (adminUrl === null) throw new Error("it does not start");
      await dropTarget(home, record, adminUrl);
    } catch (error) {
      left.push(
        `The database ${
          targetName(record.runId)
        } of the embedded target, which the run ${record.runId} has left, is ` +
          `there yet: ${(error as Error).message}. The next start drops it.`,
      );
    }
  }
  return left;
}
