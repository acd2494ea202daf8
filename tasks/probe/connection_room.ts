import type { Client } from "pg";
import { UsageError } from "../model/errors.ts";
import { counted, formatCount } from "../model/units.ts";
import { connectClient } from "../postgres/client.ts";
import { placeOfUrl } from "../postgres/place.ts";
import { probeSql } from "./probe_sql.ts";

/** Connections of the load, where there is room for them. */
export const CONNECTIONS = 8;
/** Of those that are free so many stay free: whoever needs one meanwhile must get it. */
const SHARE_LEFT = 0.5;
/** Whoever watches needs one beside the load's. */
const BESIDES = 1;
/** One that is not served within this, beside the others, is not served at once. */
const SERVED_MS = 3000;

/** How many connections the load keeps. */
export interface ConnectionRoom {
  readonly connections: number;
  /** Why these are fewer, a sentence; null: they are not. */
  readonly note: string | null;
}

/**
 * Finds how many connections of a load are served at once, up to `CONNECTIONS`: no more than half of those that the server has free,
 * and no more than a pooler gives.
 * @param client a session at the server, which it keeps meanwhile
 * @throws {UsageError} where there is no room for one
 */
export async function connectionRoom(url: string, session: string, client: Client): Promise<ConnectionRoom> {
  const { rows: [{ free } = { free: 0 }] } = await client.query<{ free: number }>(
    probeSql("free_connections"),
  );
  const allowed = Math.min(CONNECTIONS, Math.floor(free * (1 - SHARE_LEFT)) - BESIDES);
  if (allowed < 1) {
    throw new UsageError(
      `Cannot probe ${placeOfUrl(url).at}: ${
        free > 0 ? `only ${formatCount(free)}` : "none"
      } of its connections ${
        free === 1 ? "is" : "are"
      } free for this role (max_connections, CONNECTION LIMIT), and a probe takes no more than half of them`,
      `Free some, or allow more: ${Math.ceil((1 + BESIDES) / SHARE_LEFT)} are enough, and ${
        Math.ceil((CONNECTIONS + BESIDES) / SHARE_LEFT)
      } for all that it uses.`,
    );
  }
  // The session that asks stands for the one that will watch.
  const connections = await servedAtOnce(url, session, allowed);
  if (connections < 1) {
    throw new UsageError(
      `Cannot probe ${placeOfUrl(url).at}: only one connection was served at once`,
      "A pooler before the server may have a pool of one: allow this role two or more (default_pool_size, pool_mode).",
    );
  }
  if (connections === CONNECTIONS) return { connections, note: null };
  const why = connections < allowed
    ? `${formatCount(connections + BESIDES)} of ${formatCount(allowed + BESIDES)} were served at once`
    : `${formatCount(free)} are free for this role`;
  return {
    connections,
    note: `The load keeps ${counted(connections, "connection")} instead of ${CONNECTIONS}, as only ${why}.`,
  };
}

/** How many of so many connections answer while all of them are open. */
async function servedAtOnce(url: string, session: string, wanted: number): Promise<number> {
  const opened: Client[] = [];
  const asked = await Promise.allSettled(Array.from({ length: wanted }, async () => {
    const client = await connectClient(url, {
      applicationName: session,
      connectTimeoutMs: SERVED_MS,
      queryTimeoutMs: SERVED_MS,
    });
    opened.push(client);
    await client.query("SELECT 1");
  }));
  await Promise.allSettled(opened.map((client) => client.end()));
  return asked.filter(({ status }) => status === "fulfilled").length;
}
