import type { PgClient } from "../../postgres/client.ts";
import { reachServer } from "../../seed/connect.ts";
import { racesSql } from "./races_sql.ts";

/** What became of the writes of a client that no gate holds. */
export interface RacingWrites {
  readonly acknowledged: readonly number[];
  /** SQLSTATEs of those that were refused. */
  readonly refused: readonly string[];
}

/** A client that writes on at the server that clients leave, as fast as it can, one row after another. */
export interface RacingClient {
  readonly writes: RacingWrites;
  /** Resolves with the first write that is refused. */
  readonly firstRefused: Promise<void>;
  /** Ends it, once what it has sent is answered. */
  stop(): Promise<void>;
}

/** Numbers of its rows: none is there before. */
const FIRST = 1_000_000;

/** Starts one. @param past the fence does not bind its session, as a superuser may have it */
export async function startRacingClient(url: string, past: boolean): Promise<RacingClient> {
  const client = await reachServer(url, { applicationName: "benchbook-race" });
  const write = racesSql("write");
  if (past) await client.query("SET session_replication_role = replica");
  const acknowledged: number[] = [];
  const refused: string[] = [];
  const { promise: firstRefused, resolve } = Promise.withResolvers<void>();
  let isOver = false;
  const ended = (async () => {
    for (let n = FIRST; !isOver; n++) {
      const code = await codeOf(client, write, n);
      if (code === null) acknowledged.push(n);
      else refused.push(code);
      if (code !== null) resolve();
    }
  })();
  return {
    writes: { acknowledged, refused },
    firstRefused,
    async stop() {
      isOver = true;
      await ended;
      await client.end();
    },
  };
}

/** @returns null: it was acknowledged */
async function codeOf(client: PgClient, text: string, n: number): Promise<string | null> {
  try {
    await client.query(text, [n]);
    return null;
  } catch (error) {
    return (error as { code?: string }).code ?? "lost";
  }
}
