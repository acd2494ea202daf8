import pg, { type Client } from "pg";
import { InterruptedError, ServiceError, UsageError } from "../model/errors.ts";
import { asLogin, cancelOn, isOfServer } from "../seed/connect.ts";
import type { PgClient } from "../postgres/client.ts";
import { self } from "../stack/process.ts";
import { type Cloneable, connectedTo, databaseText, inUse, openElsewhere } from "./cloneable.ts";
import { cloneName, type CloneRecord, keepClone, newMark } from "./clone_record.ts";
import { cloneSql } from "./clone_sql.ts";

const { escapeIdentifier: quoted, escapeLiteral } = pg;

/** What a clone is made of, and for. */
export interface CloneOptions {
  readonly home: string;
  /** Of the database that is cloned; no session of ours may be in it. May hold a password. */
  readonly url: string;
  readonly database: Cloneable;
  readonly runId: string;
  readonly signal?: AbortSignal;
}

/** A clone, and what it does not have of its original, a sentence each. */
export interface MadeClone {
  readonly record: CloneRecord;
  readonly lacking: readonly string[];
}

/**
 * Clones a database, once its name and mark are on disk.
 * @param onRecord told of the record before anything is made: from then on the clone may be there
 * @throws {UsageError} where others are in the database, or a right is lacking; {ServiceError} where the server fails
 * @throws {InterruptedError} after the signal
 */
export async function makeClone(
  options: CloneOptions,
  onRecord: (record: CloneRecord) => void,
): Promise<MadeClone> {
  const { home, url, database, runId, signal } = options;
  const client = await openElsewhere(url, database, runId) as PgClient;
  const settled = cancelOn(client, signal);
  try {
    const record: CloneRecord = {
      schema: 1,
      name: await freeName(client, runId),
      mark: newMark(),
      oid: null,
      runId,
      owner: self(),
      since: new Date().toISOString(),
      of: database.place,
    };
    keepClone(home, record);
    onRecord(record);
    await create(client, record, options);
    const made = { ...record, oid: (await foundAs(client, record.name))!.oid };
    keepClone(home, made);
    onRecord(made);
    const lacking = await copySettings(client, made);
    await openToUs(client, made);
    return { record: made, lacking };
  } catch (error) {
    throw signal?.aborted ? new InterruptedError() : error;
  } finally {
    settled();
    await client.end().catch(() => {});
  }
}

async function freeName(client: Client, runId: string): Promise<string> {
  for (let nth = 1;; nth++) {
    const name = cloneName(runId, nth);
    if (await foundAs(client, name) === null) return name;
  }
}

/** What bears a name. */
export interface NamedObject {
  readonly oid: number;
  readonly mark: number;
}

/** The database of a name; null where there is none. */
export async function foundAs(client: Client, name: string): Promise<NamedObject | null> {
  return (await client.query<NamedObject>(cloneSql("found.sql"), [name])).rows[0] ?? null;
}

async function create(
  client: Client,
  { name, mark, of }: CloneRecord,
  { url, database, runId, signal }: CloneOptions,
): Promise<void> {
  try {
    await client.query(
      `CREATE DATABASE ${quoted(name)} TEMPLATE ${quoted(of.database)} CONNECTION LIMIT ${mark} ` +
        "ALLOW_CONNECTIONS false",
    );
  } catch (error) {
    if (signal?.aborted) throw new InterruptedError();
    const { code, message, detail } = error as { code?: string; message: string; detail?: string };
    if (code === "55006") throw inUse(database, url, await connectedTo(client, of.database, runId));
    const said = `Cannot clone ${databaseText(of.database, url)}: ${message}${detail ? ` (${detail})` : ""}`;
    const options = { cause: error };
    if (code === "53100") {
      throw new ServiceError(said, "Free some space on the server's disk.", options);
    }
    throw isOfServer(error)
      ? new ServiceError(said, "Look into the server's log, then try again.", options)
      : new UsageError(said, undefined, options);
  }
}

/** Who may connect to the original is not copied with it: a clone would be open to every role. */
async function openToUs(client: Client, { name, runId, of }: CloneRecord): Promise<void> {
  const what = `Benchbook's clone of the database "${of.database}" for the run ${runId}, dropped at its end`;
  await client.query(`COMMENT ON DATABASE ${quoted(name)} IS ${escapeLiteral(what)}`);
  await client.query(`REVOKE CONNECT ON DATABASE ${quoted(name)} FROM PUBLIC`);
  await client.query(`GRANT CONNECT ON DATABASE ${quoted(name)} TO SESSION_USER`);
  await client.query(`ALTER DATABASE ${quoted(name)} ALLOW_CONNECTIONS true`);
}

/** What ALTER DATABASE … SET has given to the original is not copied with it. */
async function copySettings(client: Client, { name, of }: CloneRecord): Promise<string[]> {
  const { rows } = await client.query<{ ofRole: boolean; name: string; value: string }>(
    cloneSql("settings.sql"),
    [of.database],
  );
  const lacking: string[] = [];
  for (const setting of rows) {
    try {
      // A session begins with its login's settings, also where that takes on a role at once.
      if (setting.ofRole) {
        await asLogin(
          client,
          () => copySetting(client, `ALTER ROLE SESSION_USER IN DATABASE ${quoted(name)}`, setting),
        );
      } else await copySetting(client, `ALTER DATABASE ${quoted(name)}`, setting);
    } catch (error) {
      if (isOfServer(error)) throw error;
      lacking.push(
        `The clone ${name} lacks the setting ${setting.name} that its original has by ${
          setting.ofRole ? "ALTER ROLE … IN DATABASE" : "ALTER DATABASE"
        }: ${(error as Error).message}.`,
      );
    }
  }
  return lacking;
}

async function copySetting(
  client: Client,
  alter: string,
  { name, value }: { readonly name: string; readonly value: string },
): Promise<void> {
  await client.query("BEGIN");
  try {
    // Lists keep their form only by way of the session.
    await client.query("SELECT set_config($1, $2, true)", [name, value]);
    const words = name.split(".").map((word) => quoted(word)).join(".");
    await client.query(`${alter} SET ${words} FROM CURRENT`);
    await client.query("COMMIT");
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  }
}
