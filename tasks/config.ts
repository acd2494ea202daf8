import { join, resolve } from "node:path";
import { parseEnv } from "node:util";
import process from "node:process";
import { readSmallText } from "./files/small_file.ts";
import { UsageError } from "./model/errors.ts";
import { checkedUrl } from "./model/service_url.ts";
import { hint } from "./model/suggest.ts";

export const DIALECTS = ["postgraphile", "hasura"] as const;
export type GraphqlDialect = typeof DIALECTS[number];

export const PAPERS = ["A4", "Letter"] as const;
/** What the PDF is printed for. */
export type Paper = typeof PAPERS[number];

/** Everything that comes from outside the command line. Nothing else reads the environment. */
export interface Config {
  /** The checkout: where queries/, templates/ and notebooks/ lie. */
  readonly root: string;
  /** Clusters, caches, spools and pid files (`BENCHBOOK_HOME`). */
  readonly home: string;
  /** Where reports and the store go (`BENCHBOOK_REPORTS`). */
  readonly reports: string;
  /** Unset: the embedded service is used. May hold a password: never print it, see `redactUrl`. */
  readonly databaseUrl: string | undefined;
  /** The server that `migrate move-server` moves to (`TARGET_DATABASE_URL`); likewise. */
  readonly targetDatabaseUrl: string | undefined;
  readonly redisUrl: string | undefined;
  readonly graphqlUrl: string | undefined;
  readonly graphqlDialect: GraphqlDialect;
  readonly hasuraAdminSecret: string | undefined;
  readonly chromePath: string | undefined;
  /** Of the PDF (`BENCHBOOK_PAPER`). */
  readonly paper: Paper;
  readonly redisServer: string | undefined;
  /** The HAProxy that is started where one is asked for (`HAPROXY`). */
  readonly haproxy: string | undefined;
  /** Whether generator threads may be moved from core to core (`BENCHBOOK_THREAD_MIGRATION`). */
  readonly threadMigration: boolean;
}

/** The version that reports and fingerprints carry. */
export const VERSION = "0.1.0";

/**
 * Reads the environment, after `.env` of the checkout (which never overrides what is already set).
 * @throws {UsageError} when a variable has a value that cannot be used.
 */
export function readConfig(env: Readonly<Record<string, string | undefined>> = environment()): Config {
  const root = resolve(import.meta.dirname!, "..");
  const value = (name: string) => env[name]?.trim() || undefined;
  const dialect = value("GRAPHQL_DIALECT") ?? "postgraphile";
  if (!DIALECTS.includes(dialect as GraphqlDialect)) {
    throw new UsageError(`Cannot use GRAPHQL_DIALECT: "${dialect}" is unknown`, hint(dialect, DIALECTS));
  }
  const paper = value("BENCHBOOK_PAPER") ?? "A4";
  if (!PAPERS.includes(paper as Paper)) {
    throw new UsageError(`Cannot use BENCHBOOK_PAPER: "${paper}" is unknown`, hint(paper, PAPERS));
  }
  return {
    root,
    home: resolve(root, value("BENCHBOOK_HOME") ?? ".benchbook"),
    reports: resolve(root, value("BENCHBOOK_REPORTS") ?? "reports"),
    databaseUrl: url("DATABASE_URL", value("DATABASE_URL"), ["postgres:", "postgresql:"]),
    targetDatabaseUrl: url("TARGET_DATABASE_URL", value("TARGET_DATABASE_URL"), ["postgres:", "postgresql:"]),
    redisUrl: url("REDIS_URL", value("REDIS_URL"), ["redis:", "rediss:"]),
    graphqlUrl: url("GRAPHQL_URL", value("GRAPHQL_URL"), ["http:", "https:"]),
    graphqlDialect: dialect as GraphqlDialect,
    hasuraAdminSecret: value("HASURA_GRAPHQL_ADMIN_SECRET"),
    chromePath: value("CHROME_PATH"),
    paper: paper as Paper,
    redisServer: value("REDIS_SERVER"),
    haproxy: value("HAPROXY"),
    threadMigration: isOn("BENCHBOOK_THREAD_MIGRATION", value("BENCHBOOK_THREAD_MIGRATION") ?? "on"),
  };
}

/** A URL as it may be shown: without its password, without a token in place of both, and without a query that could hold one. */
export function redactUrl(text: string): string {
  const parsed = new URL(text);
  if (parsed.password !== "") parsed.password = "***";
  else if (parsed.username !== "" && /^https?:$/.test(parsed.protocol)) parsed.username = "***";
  parsed.search = "";
  parsed.hash = "";
  return parsed.href;
}

function environment(): Record<string, string | undefined> {
  return { ...readEnvFile(join(resolve(import.meta.dirname!, ".."), ".env")), ...process.env };
}

/**
 * The variables of an `.env` file; none where there is no such file.
 * @throws {UsageError} where it is there and cannot be read.
 */
export function readEnvFile(file: string): Record<string, string | undefined> {
  try {
    return parseEnvFile(readSmallText(file));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return {};
    throw new UsageError(
      `Cannot read ${file}: ${(error as Error).message}`,
      "Make it a file that you can read, or remove it.",
      { cause: error },
    );
  }
}

function isOn(name: string, text: string): boolean {
  if (text === "on" || text === "off") return text === "on";
  throw new UsageError(
    `Cannot use ${name}: "${text}" must be on or off`,
    "Give it one of the two, or unset it.",
  );
}

function url(name: string, text: string | undefined, protocols: readonly string[]): string | undefined {
  return text === undefined ? undefined : checkedUrl(name, text, protocols);
}

/**
 * The variables of an .env file. A `#` begins a comment where a value has no quotes; within a URL it is one of the
 * password that was not encoded: cut there, what lies before it would be taken for a host.
 */
export function parseEnvFile(text: string): Record<string, string | undefined> {
  const urls = text.matchAll(/^[ \t]*(?:export[ \t]+)?(\w+_URL)[ \t]*=[ \t]*([^\s"'`#][^\s#]*#\S*)/gm);
  return { ...parseEnv(text), ...Object.fromEntries([...urls].map(([, name, value]) => [name!, value!])) };
}
