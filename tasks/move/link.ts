import type { Client } from "pg";
import { transaction } from "../seed/sql.ts";
import { moveSql, quotedText } from "./move_sql.ts";

/** One direction of replication: from one server to the other. */
export interface Link {
  /** Of publication, slot and subscription. */
  readonly name: string;
  /** Where a row is written that tells the other server how far it is. */
  readonly sentinel: string;
  readonly from: Client;
  readonly to: Client;
}

/** What a link is made with. */
export interface LinkOptions {
  /** Relations as SQL writes them; those of the partitions come with their root. */
  readonly relations: readonly string[];
  /** How the receiver reaches the sender, without a password. */
  readonly connection: string;
  /** Whether the rows that are there are copied first. */
  readonly copy: boolean;
  /** Comment that everything of it bears. */
  readonly mark: string;
}

/** Publishes tables, and keeps the log from here on for the receiver. */
export async function publish(
  { name, sentinel, from }: Link,
  { relations, mark }: LinkOptions,
): Promise<void> {
  await transaction(from, async () => {
    await from.query(`CREATE PUBLICATION ${name} FOR TABLE ${[...relations, sentinel].join(", ")}`);
    await from.query(`COMMENT ON PUBLICATION ${name} IS ${quotedText(mark)}`);
  });
  await from.query("SELECT pg_create_logical_replication_slot($1, 'pgoutput')", [name]);
  // Only now: where nothing is copied it comes by the log.
  await from.query(`INSERT INTO ${sentinel} VALUES (1, 0), (2, 0)`);
}

/**
 * Subscribes the receiver to what is published; nothing runs before `enable`.
 * @returns the subscription's oid
 */
export async function subscribe({ name, to }: Link, options: LinkOptions): Promise<number> {
  return await transaction(to, async () => {
    // What the receiver itself has sent must not come back to it; before 16 the other link is cut first.
    const { rows: [server] } = await to.query<{ origin: boolean }>(
      "SELECT current_setting('server_version_num')::int >= 160000 AS origin",
    );
    const origin = server!.origin ? ", origin = none" : "";
    await to.query(
      `CREATE SUBSCRIPTION ${name} CONNECTION ${quotedText(options.connection)} PUBLICATION ${name} ` +
        `WITH (create_slot = false, slot_name = ${name}, enabled = false, copy_data = ${options.copy}${origin})`,
    );
    await to.query(`COMMENT ON SUBSCRIPTION ${name} IS ${quotedText(options.mark)}`);
    const { rows } = await to.query<{ oid: number }>(
      "SELECT oid::int8::float8 AS oid FROM pg_subscription WHERE subname = $1",
      [name],
    );
    return rows[0]!.oid;
  });
}

/** The receiver begins to copy and to follow. */
export async function enable({ name, to }: Link): Promise<void> {
  await to.query(`ALTER SUBSCRIPTION ${name} ENABLE`);
}

/** How far the copy of a link is. */
export interface CopyState {
  readonly tables: number;
  readonly ready: number;
  readonly bytes: number;
  /** Tables that are not ready, as text; null: all are. */
  readonly missing: string | null;
}

export async function copyState({ name, to }: Link): Promise<CopyState> {
  const { rows: [state] } = await to.query<CopyState>(moveSql("copy_state.sql"), [name]);
  if (state === undefined) throw new Error(`the subscription ${name} is not there any more`);
  return state;
}

/** Where the sender's log ends. */
export async function currentLsn(from: Client): Promise<string> {
  const { rows } = await from.query<{ lsn: string }>("SELECT pg_current_wal_lsn()::text AS lsn");
  return rows[0]!.lsn;
}

/** Writes the sentinel row `id`, and tells the number that it has now. */
export async function writeSentinel({ sentinel, from }: Link, id: 1 | 2): Promise<number> {
  const { rows } = await from.query<{ beat: number }>(
    `UPDATE ${sentinel} SET beat = beat + 1 WHERE id = $1 RETURNING beat::float8 AS beat`,
    [id],
  );
  return rows[0]!.beat;
}

/** The number that the sentinel row `id` has at the receiver; null: it is not there yet. */
export async function readSentinel({ sentinel, to }: Link, id: 1 | 2): Promise<number | null> {
  const { rows } = await to.query<{ beat: number }>(
    `SELECT beat::float8 AS beat FROM ${sentinel} WHERE id = $1`,
    [id],
  );
  return rows[0]?.beat ?? null;
}

/** Whether the receiver says that it has stored all up to `lsn`. */
export async function isConfirmed({ name, from }: Link, lsn: string): Promise<boolean> {
  const { rows: [slot] } = await from.query<{ confirmed: boolean }>(moveSql("confirmed.sql"), [name, lsn]);
  return slot?.confirmed ?? false;
}

/** Log that the receiver has not confirmed, bytes; null where the slot is not there. */
export async function lagBytes({ name, from }: Link): Promise<number | null> {
  const { rows: [slot] } = await from.query<{ bytes: number }>(moveSql("lag.sql"), [name]);
  return slot?.bytes ?? null;
}
