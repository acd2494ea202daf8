/**
 * PostGraphile in a process of its own: reads `ServerOptions` as JSON from stdin (the URL holds a password,
 * which neither a command line nor an environment should show) and serves until SIGTERM.
 */
import { createServer } from "node:http";
import process from "node:process";
import type pg from "pg";
import { postgraphile } from "postgraphile";
import { makePgService } from "postgraphile/adaptors/pg";
import { grafserv } from "postgraphile/grafserv/node";
import { limitedOptions, LIMITS_QUERY, refusesOptions } from "../../model/session_limits.ts";
import { connectClient, PgClient } from "../../postgres/client.ts";
import { readPgOptions } from "../../postgres/options.ts";
import { withGate } from "./gate_endpoint.ts";
import { GatedPool } from "./gated_pool.ts";
import { maskError } from "./mask_error.ts";
import { preset } from "./preset.ts";
import { sleep } from "../../net/sleep.ts";

/** What the parent writes to stdin. */
export interface ServerOptions {
  readonly url: string;
  readonly schemas: readonly string[];
  readonly port: number;
  /** Connections to PostgreSQL. */
  readonly poolSize: number;
  /** Serves the GraphiQL page at `/` too. */
  readonly graphiql: boolean;
  /** What its connections are called at PostgreSQL. */
  readonly session: string;
  /** PG* variables, which say what the URL leaves out; one may be a password. */
  readonly variables: Readonly<Record<string, string>>;
  /** How long a statement may run, ms: it goes on when the request that wanted it is given up. */
  readonly limitMs?: number;
  /** Who knows it may close and open the gate of its connections, see `GATE_PATH`. */
  readonly gateToken: string;
}

/** So long statements under way may take to be cancelled when all ends. */
const CANCEL_MS = 500;
/** What its connections are called until its schema is made. */
const STARTING = "benchbook-graphql-start";
let isStarting = true;
/** Its connections to PostgreSQL. */
const clients = new Set<PgClient>();

async function serve(options: ServerOptions): Promise<void> {
  Object.assign(process.env, options.variables);
  const schemas = [...options.schemas];
  const clientsAt = async (url: string) => {
    const there = { ...options, url };
    return clientOf(there, await limitsOf(there));
  };
  const pool = new GatedPool(options.poolSize, await clientsAt(options.url));
  const instance = postgraphile({
    extends: [preset(schemas, options.url)],
    pgServices: [
      // Of a pool it asks for nothing but clients.
      makePgService({ pool: pool as unknown as pg.Pool, schemas, pubsub: false }),
    ],
    grafserv: {
      graphqlPath: "/graphql",
      graphiqlPath: "/",
      graphiql: options.graphiql,
      graphqlOverGET: false,
      watch: false,
      websockets: false,
      maskError,
    },
    grafast: { explain: false },
  });
  const server = createServer({ keepAliveTimeout: 600_000 });
  server.on("error", (error) => {
    console.error(error.message);
    process.exit(1);
  });
  const end = () => {
    if (server.listening) {
      server.close();
      server.closeAllConnections();
    }
    // They would go on at the server until their time is over: one that waits for a lock does not find its client gone.
    const late = sleep(CANCEL_MS);
    void Promise.race([Promise.all([...clients].map((client) => client.cancelStatement())), late])
      .then(() => process.exit(0));
  };
  process.on("SIGTERM", end);
  process.on("SIGINT", end);
  await makeSchema(instance, options);
  const graphql = instance.createServ(grafserv).createHandler();
  server.on("request", withGate(options.gateToken, pool, clientsAt, graphql));
  server.listen(options.port, "127.0.0.1", () => console.log(`Listening on 127.0.0.1:${options.port}`));
}

/**
 * Makes the schema before anybody is answered: what was asked meanwhile would wait here when its run is over. Until then
 * its session is not the run's, whose end would cancel it.
 */
async function makeSchema(
  instance: { getSchema(): unknown },
  { url, session }: Pick<ServerOptions, "url" | "session">,
): Promise<void> {
  try {
    await instance.getSchema();
  } catch (error) {
    console.error((error as Error).message);
    process.exit(1);
  }
  const named = "SELECT set_config('application_name', $1, false)";
  const { application_name } = readPgOptions(url, session).session;
  for (const client of clients) await client.query(named, [application_name]);
  isStarting = false;
}

/**
 * A client that logs in as all of Benchbook does, and whose connections bear a name of ours, whatever the URL says:
 * what a run leaves behind is found by it.
 */
function clientOf({ url, session }: ServerOptions, options?: string): typeof pg.Client {
  return class extends PgClient {
    constructor() {
      super(url, { applicationName: isStarting ? STARTING : session, options });
      clients.add(this);
      this.on("end", () => clients.delete(this));
    }
  };
}

/** The options of sessions in which no statement runs longer than asked for; none where a pooler refuses them. */
async function limitsOf({ url, session, limitMs }: ServerOptions): Promise<string | undefined> {
  if (limitMs === undefined) return undefined;
  const client = await connectClient(url, { applicationName: session });
  let options: string | undefined;
  try {
    const { rows } = await client.query<{ name: string; setting: string }>(LIMITS_QUERY);
    options = limitedOptions(rows, { statementMs: limitMs }, client.options.session.options);
  } finally {
    await client.end();
  }
  try {
    await (await connectClient(url, { applicationName: session, options })).end();
    return options;
  } catch (error) {
    if (!refusesOptions(error)) throw error;
    console.error(`The sessions have no statement_timeout: ${(error as Error).message}`);
    return undefined;
  }
}

if (import.meta.main) {
  const input = await new Response(Deno.stdin.readable).text();
  await serve(JSON.parse(input) as ServerOptions);
}
