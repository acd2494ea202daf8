import { LoadGate } from "../load/load_gate.ts";
import { embeddedConnection } from "../move/embedded_connection.ts";
import type { MoveEnd } from "../move/move_options.ts";
import { dropTarget, makeTarget } from "../move/target_database.ts";
import { placeOfUrl } from "../postgres/place.ts";
import { isEmbedded, type PostgresService, type Stack } from "../stack/services.ts";
import type { Job } from "./job.ts";

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
    const made = embedded ? await makeTarget(home, runId, server.adminUrl) : null;
    // Where that fails, as with a server that has died, the next start does it.
    if (made !== null) closing.defer(() => dropTarget(home, made.record, server.adminUrl).catch(() => {}));
    // Of the user's it is the one that they have named.
    const targetUrl = await stack.databaseUrl(made?.name ?? "", "target");
    const endOf = async (url: string, other: PostgresService): Promise<MoveEnd> => {
      if (!embedded) return { url, embedded, connection: connectionOf(url) };
      const way = await embeddedConnection(home, runId, other.name, url);
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
