import { rmSync } from "node:fs";
import { join } from "node:path";
import { type Config, redactUrl } from "../config.ts";
import { acquireLock } from "./lock.ts";
import { prepareHome, writeAtomically } from "./places.ts";
import { type GraphqlService, isEmbedded, type Stack, type Unavailable } from "./services.ts";
import { openStack } from "./stack.ts";
import { readRecords, stopServices } from "./state.ts";
import { shownPgUrl } from "../postgres/place.ts";

/** A service that people can go to, as it may be printed. */
export interface Endpoint {
  readonly name: "PostgreSQL" | "Redis" | "GraphQL" | "GraphiQL";
  /** Without password; null where the service is not available. */
  readonly address: string | null;
  /** Why it is not available, or what it is. */
  readonly note: string;
}

export interface UpOptions {
  /** The database to show, and the schemas that GraphQL serves. */
  readonly database: string;
  readonly schemas: readonly string[];
  /** Fills the database once PostgreSQL runs, before PostGraphile reads its schemas. */
  readonly seed?: (databaseUrl: string, stack: Stack) => Promise<void>;
  readonly onStep?: (text: string) => void;
  readonly signal?: AbortSignal;
}

export interface UpResult {
  readonly endpoints: readonly Endpoint[];
  /** A 0600 file with the URLs, passwords included, to be sourced by a shell. */
  readonly urlsFile: string;
}

/**
 * Starts the stack for exploring and leaves it running; what runs already stays. Services of the user's are
 * checked and listed like the others.
 * @throws {ServiceError} when PostgreSQL is not to be had, or while another task uses the home.
 */
export async function up(config: Config, options: UpOptions): Promise<UpResult> {
  prepareHome(config.home);
  using _lock = acquireLock(config.home, "up");
  const before = new Set(readRecords(config.home).map(({ process }) => process.pid));
  try {
    const stack = await openStack(config, {
      owner: "up",
      need: { redis: true, graphql: true },
      onStep: options.onStep,
      signal: options.signal,
    });
    const databaseUrl = await stack.databaseUrl(options.database);
    await options.seed?.(databaseUrl, stack);
    const graphql = await stack.graphql(databaseUrl, options.schemas, { graphiql: true });
    const { redis } = stack;
    const urls: [string, string][] = [["DATABASE_URL", databaseUrl]];
    if (redis.available) urls.push(["REDIS_URL", redis.url]);
    if (graphql.available) urls.push(["GRAPHQL_URL", graphql.url]);
    writeAtomically(
      urlsFile(config.home),
      urls.map(([name, url]) => `${name}='${url.replaceAll("'", "%27")}'\n`).join(""),
    );
    return {
      urlsFile: urlsFile(config.home),
      endpoints: endpointsOf(databaseUrl, stack, graphql, config),
    };
  } catch (error) {
    // Interrupted, or the data could not be loaded: what was not running before does not stay.
    await stopServices(
      config.home,
      readRecords(config.home).filter(({ process }) => !before.has(process.pid)),
    );
    throw error;
  }
}

function endpointsOf(
  databaseUrl: string,
  { postgres, redis }: Stack,
  graphql: GraphqlService | Unavailable,
  { graphqlDialect }: Config,
): Endpoint[] {
  const cached = redis.available ? `version ${redis.version}, ${redis.origin}` : redis.reason;
  const asked = graphql.available
    ? `${graphql.version ?? graphqlDialect}, ${graphql.origin}`
    : graphql.reason;
  const shown = (service: { available: true; url: string } | Unavailable) =>
    service.available ? redactUrl(service.url) : null;
  const endpoints: Endpoint[] = [
    {
      name: "PostgreSQL",
      address: shownPgUrl(databaseUrl),
      note: `version ${postgres.version}, ${postgres.origin}`,
    },
    { name: "Redis", address: shown(redis), note: cached },
    { name: "GraphQL", address: shown(graphql), note: asked },
  ];
  if (graphql.available && isEmbedded(graphql)) {
    endpoints.push({
      name: "GraphiQL",
      address: new URL("/", graphql.url).href,
      note: "open it in a browser",
    });
  }
  return endpoints;
}

/** Forgets the URLs of a stack that was stopped. */
export function forgetUrls(home: string): void {
  rmSync(urlsFile(home), { force: true });
}

function urlsFile(home: string): string {
  return join(home, "services.env");
}
