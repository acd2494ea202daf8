import { rmSync } from "node:fs";
import { join } from "node:path";
import { type Config, redactUrl } from "../config.ts";
import { acquireLock } from "./lock.ts";
import { prepareHome, writeAtomically } from "./places.ts";
import { isEmbedded, type Stack } from "./services.ts";
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
  const lock = acquireLock(config.home, "up");
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
      endpoints: [
        {
          name: "PostgreSQL",
          address: shownPgUrl(databaseUrl),
          note: `version ${stack.postgres.version}, ${stack.postgres.origin}`,
        },
        redis.available
          ? {
            name: "Redis",
            address: redactUrl(redis.url),
            note: `version ${redis.version}, ${redis.origin}`,
          }
          : { name: "Redis", address: null, note: redis.reason },
        graphql.available
          ? {
            name: "GraphQL",
            address: redactUrl(graphql.url),
            note: `${graphql.version ?? config.graphqlDialect}, ${graphql.origin}`,
          }
          : { name: "GraphQL", address: null, note: graphql.reason },
        ...(graphql.available && isEmbedded(graphql)
          ? [{
            name: "GraphiQL" as const,
            address: new URL("/", graphql.url).href,
            note: "open it in a browser",
          }]
          : []),
      ],
    };
  } catch (error) {
    // Interrupted, or the data could not be loaded: what was not running before does not stay.
    await stopServices(
      config.home,
      readRecords(config.home).filter(({ process }) => !before.has(process.pid)),
    );
    throw error;
  } finally {
    lock.release();
  }
}

/** Forgets the URLs of a stack that was stopped. */
export function forgetUrls(home: string): void {
  rmSync(urlsFile(home), { force: true });
}

function urlsFile(home: string): string {
  return join(home, "services.env");
}
