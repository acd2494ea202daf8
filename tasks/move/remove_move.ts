import type { Client } from "pg";
import type { MoveSide } from "../model/client_gate.ts";
import { sleep } from "../net/sleep.ts";
import { withClient } from "../seed/connect.ts";
import { placeText } from "../undo/place.ts";
import { dropMade } from "./copy_schema.ts";
import { dropFence } from "./fence.ts";
import { forgetMove, keepMove, movePath, type MoveRecord } from "./move_record.ts";
import { type MoveNames, moveSql, namesOf } from "./move_sql.ts";

/** The database was dropped, with all that was in it. */
export const GONE = { gone: true } as const;
/** How a database of a move is reached; null: there is no way to it now. */
export type SideUrl = string | null | typeof GONE;

/** A sender hears within this time that its receiver is gone, ms. */
const SLOT_MS = 5_000;

interface Found {
  readonly kind: "subscription" | "publication" | "schema" | "slot";
  readonly name: string;
  /** Of the session that uses a slot. */
  readonly pid: number | null;
}

/**
 * Removes what a move has made on both servers, known by its mark; then its record goes. The data stay, but those that were
 * copied to a target at which no client ever was. May be called any number of times.
 * @param undecided the record stays, for the user has to say yet which server is to serve
 * @returns what is left, as sentences; the record stays then
 */
export async function removeMove(
  home: string,
  record: MoveRecord,
  urls: Readonly<Record<MoveSide, SideUrl>>,
  undecided = false,
): Promise<readonly string[]> {
  const names = namesOf(record.runId, record.mark);
  const left = new Map<MoveSide, string>();
  const at = async (side: MoveSide, work: (client: Client) => Promise<void>) => {
    const url = urls[side];
    // One that does not answer is not waited for twice.
    if (left.has(side)) return;
    if (typeof url === "object" && url !== null) return;
    try {
      if (url === null) throw new Error("it is not known how to reach it");
      await withClient(url, work, { name: "benchbook move" });
    } catch (error) {
      left.set(side, leftText(record, side, names, (error as Error).message, home));
    }
  };
  // First of all: as long as it stands nobody can write.
  await at("source", (client) => unfence(client, names));
  // A receiver goes before the slot that it uses.
  await at("target", async (client) => {
    await unfence(client, names);
    await dropSubscriptions(client, record, names);
  });
  await at("source", (client) => dropAll(client, record, names));
  await at("target", async (client) => {
    if (!record.switched) await dropMade(client, names);
    await dropAll(client, record, names);
  });
  if (left.size === 0) {
    if (undecided) keepMove(home, { ...record, removed: true });
    else forgetMove(home, record);
  }
  return [...left.values()];
}

/** Lets everybody write again, where a server can be reached; `removeMove` says what is left. May be called any number of times. */
export async function unfenceMove(
  record: MoveRecord,
  urls: Readonly<Record<MoveSide, SideUrl>>,
): Promise<void> {
  const names = namesOf(record.runId, record.mark);
  for (const url of [urls.source, urls.target]) {
    if (typeof url !== "string") continue;
    await withClient(url, (client) => unfence(client, names), { name: "benchbook move" }).catch(() => {});
  }
}

async function unfence(client: Client, { schema, mark }: MoveNames): Promise<void> {
  const { rowCount } = await client.query(
    "SELECT FROM pg_namespace WHERE nspname = $1 AND obj_description(oid, 'pg_namespace') = $2",
    [schema, mark],
  );
  if (rowCount !== 0) await dropFence(client, schema);
}

async function look(client: Client, record: MoveRecord, names: MoveNames): Promise<readonly Found[]> {
  return (await client.query<Found>(moveSql("left.sql"), [
    names.mark,
    [names.out, names.back],
    record.subscription,
    record.target.system,
  ])).rows;
}

/** Without a word to the sender, which need not be there any more. */
async function dropSubscriptions(client: Client, record: MoveRecord, names: MoveNames): Promise<void> {
  for (const { kind, name } of await look(client, record, names)) {
    if (kind !== "subscription") continue;
    await client.query(`ALTER SUBSCRIPTION ${name} DISABLE`);
    await client.query(`ALTER SUBSCRIPTION ${name} SET (slot_name = NONE)`);
    await client.query(`DROP SUBSCRIPTION ${name}`);
  }
}

async function dropAll(client: Client, record: MoveRecord, names: MoveNames): Promise<void> {
  await dropSubscriptions(client, record, names);
  for (const { kind, name } of await look(client, record, names)) {
    if (kind === "slot") await dropSlot(client, name);
    else if (kind === "publication") await client.query(`DROP PUBLICATION ${name}`);
  }
  const { rowCount } = await client.query(
    "SELECT FROM pg_namespace WHERE nspname = $1 AND obj_description(oid, 'pg_namespace') = $2",
    [names.schema, names.mark],
  );
  if (rowCount === 0) return;
  const { schema } = names;
  await client.query(
    `DROP TABLE IF EXISTS ${
      ["sentinel_out", "sentinel_back", "stored", "made", "stood"].map((table) => `${schema}.${table}`).join(
        ", ",
      )
    }`,
  );
  await client.query(`DROP FUNCTION IF EXISTS ${schema}.fence(), ${schema}.fence_schemas()`);
  await client.query(`DROP SCHEMA ${schema}`);
}

/** Its sender is a session of the move's own: where it does not end by itself, it is ended. */
async function dropSlot(client: Client, name: string): Promise<void> {
  for (const untilMs = performance.now() + SLOT_MS;; await sleep(50)) {
    const { rows: [slot] } = await client.query<{ pid: number | null }>(
      "SELECT active_pid AS pid FROM pg_replication_slots WHERE slot_name = $1",
      [name],
    );
    if (slot === undefined) return;
    if (slot.pid !== null) {
      if (performance.now() < untilMs) continue;
      await client.query("SELECT pg_terminate_backend($1, 1000)", [slot.pid]);
    }
    try {
      await client.query("SELECT pg_drop_replication_slot($1)", [name]);
      return;
    } catch (error) {
      // 55006: it was taken again in between; 42704: it has gone.
      const { code } = error as { code?: string };
      if (code === "42704") return;
      if (code !== "55006" || performance.now() >= untilMs + 4 * SLOT_MS) throw error;
    }
  }
}

function leftText(
  record: MoveRecord,
  side: MoveSide,
  { schema, out, back }: MoveNames,
  why: string,
  home: string,
): string {
  return `The move of run ${record.runId} may have left something in ${placeText(record[side])} (${why}): ` +
    `triggers that refuse writes and changes (functions of ${schema}), the subscriptions, publications and replication slots ` +
    `${out} and ${back}, which keep the server's log from being removed, and the schema ${schema}. The next start that ` +
    `reaches that server removes them; where you do it yourself, delete ${movePath(home, record.mark)}.`;
}
