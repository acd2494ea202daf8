import type { Client } from "pg";
import type { ServerSight } from "../model/probe.ts";
import { probeSql } from "./probe_sql.ts";

/** What logical replication is there that could carry a ledger. */
export interface Carriers {
  /** Whether the ledger's table is there. */
  readonly table: boolean;
  /** Whether the database has publications at all. */
  readonly publications: boolean;
  /** Whether one of them has the table. */
  readonly published: boolean;
  /** Whether a subscription fills the table. */
  readonly subscribed: boolean;
}

type Answer = Omit<ServerSight, "system" | "timeline">;

/** Asks a server which one it is. What the role may not ask is null. @param known as it was seen last: what cannot have changed is not asked again */
export async function lookAtServer(client: Client, known: ServerSight | null = null): Promise<ServerSight> {
  const { rows: [row] } = await client.query<Answer>(probeSql("server"));
  if (known !== null && isSameAnswer(row!, known)) return known;
  const system = await asked<{ system: string }>(client, "system");
  const timeline = await asked<{ timeline: string }>(client, "timeline");
  return { ...row!, system: system?.system ?? null, timeline: timeline?.timeline ?? null };
}

/** @throws what the server says */
export async function carriersOf(client: Client, schema: string): Promise<Carriers> {
  return (await client.query<Carriers>(probeSql("carriers"), [schema])).rows[0]!;
}

/** Address and port, for people. */
export function placeOfServer({ address, port }: Pick<ServerSight, "address" | "port">): string {
  return port === 0 ? address : `${address.includes(":") ? `[${address}]` : address}:${port}`;
}

function isSameAnswer(row: Answer, known: ServerSight): boolean {
  return row.address === known.address && row.port === known.port && row.started === known.started &&
    row.recovery === known.recovery && row.readOnly === known.readOnly;
}

/** Null where the server does not tell this role, or does not know what it is asked, as services that are like PostgreSQL do. */
async function asked<Row extends object>(client: Client, name: string): Promise<Row | null> {
  try {
    return (await client.query<Row>(probeSql(name))).rows[0] ?? null;
  } catch (error) {
    if (typeof (error as { code?: unknown }).code !== "string") throw error;
    return null;
  }
}
