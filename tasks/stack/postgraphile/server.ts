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
import { PgClient } from "../../postgres/client.ts";
import { maskError } from "./mask_error.ts";
import { preset } from "./preset.ts";

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
}

async function serve(options: ServerOptions): Promise<void> {
  Object.assign(process.env, options.variables);
  const schemas = [...options.schemas];
  const instance = postgraphile({
    extends: [preset(schemas, options.url)],
    pgServices: [
      makePgService({
        connectionString: options.url,
        schemas,
        poolConfig: {
          max: options.poolSize,
          // An idle connection that is closed and opened again would be measured as latency.
          idleTimeoutMillis: 0,
          Client: clientNamed(options.session, options.url),
        },
      }),
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
    server.close();
    server.closeAllConnections();
    // Open queries die with their connections, as they do when any server is stopped.
    process.exit(0);
  };
  process.on("SIGTERM", end);
  process.on("SIGINT", end);
  await instance.createServ(grafserv).addTo(server);
  server.listen(options.port, "127.0.0.1", () => console.log(`Listening on 127.0.0.1:${options.port}`));
}

/**
 * A client that logs in as all of Benchbook does, and whose connections bear a name of ours, whatever the URL says:
 * what a run leaves behind is found by it.
 */
function clientNamed(applicationName: string, url: string): typeof pg.Client {
  return class extends PgClient {
    constructor() {
      super(url, { applicationName });
    }
  };
}

if (import.meta.main) {
  const input = await new Response(Deno.stdin.readable).text();
  await serve(JSON.parse(input) as ServerOptions);
}
