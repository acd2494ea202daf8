import pg from "pg";
import { LoadGate } from "../load/load_gate.ts";
import { embeddedConnection } from "../move/embedded_connection.ts";
import type { MoveEnd } from "../move/move_options.ts";
import { placeOfUrl } from "../postgres/place.ts";
import { withClient } from "../seed/connect.ts";
import { isEmbedded, type PostgresService, type Stack } from "../stack/services.ts";
import { urlOf } from "../undo/place.ts";
import type { Job } from "./job.ts";

/** What databases of an embedded target are called that runs have moved to. */
const PREFIX = "benchbook_target_";

/** The two servers of a move. */
export interface MoveServers {
  /** The new one. */
  readonly server: PostgresService;
  /** Of the databases; may hold passwords, and are never shown. */
  readonly source: MoveEnd;
  readonly target: MoveEnd;
  /** Of the load's own connections. */
  readonly loadGate: LoadGate;
}

/**
 * Starts or finds the server that a job moves to, with a database for it: of an embedded one an empty one, of the user's the
 * one that they have named.
 * @param sourceUrl of the database that is moved
 * @param closing removes what is made here, once the job is over
 * @returns null where the job moves nothing
 * @throws {ServiceError} where that server cannot be had
 */
export async function openMoveServers(
  { config: { home }, runId, migrating, terminal }: Job,
  stack: Stack,
  sourceUrl: string,
  closing: AsyncDisposableStack,
): Promise<MoveServers | null> {
  if (migrating?.config.move === undefined) return null;
  return await terminal.step("Start the server to move to", async () => {
    const server = await stack.cluster("target");
    const embedded = isEmbedded(server);
    if (embedded) await dropTargets(server.adminUrl);
    const targetUrl = await stack.databaseUrl(`${PREFIX}${runId.replaceAll("-", "_")}`, "target");
    if (embedded) closing.defer(() => dropTargets(server.adminUrl).catch(() => {}));
    const endOf = async (url: string, other: PostgresService): Promise<MoveEnd> => {
      if (!embedded) return { url, embedded, connection: connectionOf(url) };
      const way = await embeddedConnection(home, other.name, url);
      closing.defer(way.remove);
      return { url, embedded, connection: way.connection };
    };
    const servers = {
      server,
      source: await endOf(sourceUrl, server),
      target: await endOf(targetUrl, stack.postgres),
      loadGate: new LoadGate(),
    };
    const { at } = placeOfUrl(targetUrl);
    return { value: servers, detail: `PostgreSQL ${server.version} (${server.origin}) at ${at}` };
  });
}

/** How a server of the user's is reached: their other server knows the password itself, mostly by a file `.pgpass`. */
function connectionOf(url: string): string {
  const { host, port, user, database } = placeOfUrl(url);
  const mode = new URL(url).searchParams.get("sslmode");
  const parts = { host, port, dbname: database, user, ...mode !== null && { sslmode: mode } };
  return Object.entries(parts).map(([key, value]) => `${key}='${String(value).replaceAll(/[\\']/g, "\\$&")}'`)
    .join(" ");
}

/** Drops what runs have moved to an embedded target, which is there for that alone: also those of runs that were killed. */
async function dropTargets(adminUrl: string): Promise<void> {
  await withClient(adminUrl, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      "SELECT datname AS name FROM pg_database WHERE starts_with(datname, $1)",
      [PREFIX],
    );
    for (const { name } of rows) {
      await dropSubscriptions(urlOf(adminUrl, name));
      await client.query(`DROP DATABASE ${pg.escapeIdentifier(name)} WITH (FORCE)`);
    }
  });
}

/** A database that has subscriptions is not dropped. The slots that they use are the other server's to remove. */
async function dropSubscriptions(url: string): Promise<void> {
  await withClient(url, async (client) => {
    const { rows } = await client.query<{ name: string }>(
      "SELECT quote_ident(subname) AS name FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid " +
        "WHERE d.datname = current_database()",
    );
    for (const { name } of rows) {
      await client.query(`ALTER SUBSCRIPTION ${name} DISABLE`);
      await client.query(`ALTER SUBSCRIPTION ${name} SET (slot_name = NONE)`);
      await client.query(`DROP SUBSCRIPTION ${name}`);
    }
  });
}
