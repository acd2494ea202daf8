import { formatSeconds } from "../model/units.ts";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Config } from "../config.ts";
import { ServiceError } from "../model/errors.ts";
import { anySignal } from "../net/any_signal.ts";
import { errorMessageOf, INVALID_RESPONSE, judgeAnswer } from "../targets/graphql_answer.ts";
import { onlyVariables, postgresVariables } from "./child_environment.ts";
import { onFreePort } from "./ports.ts";
import type { ServerOptions } from "./postgraphile/server.ts";
import { launch, type ProcessId, stopProcess } from "./process.ts";
import { sleep } from "../net/sleep.ts";

const START_TIMEOUT_MS = 60_000;

/** Deno needs its cache, its home and who it trusts. */
const VARIABLES = [
  ...["PATH", "HOME", "DENO_DIR", "XDG_CACHE_HOME", "TMPDIR", "LANG", "NPM_CONFIG_REGISTRY"],
  ...["DENO_CERT", "DENO_TLS_CA_STORE", "NODE_EXTRA_CA_CERTS"],
];

/** Connections that an embedded PostGraphile keeps to PostgreSQL unless told otherwise (pg's own default). */
export const DEFAULT_POOL_SIZE = 10;

export interface EmbeddedGraphql {
  readonly process: ProcessId;
  readonly port: number;
}

export interface GraphqlStart {
  /** The home, for the log, and the checkout, for the program. */
  readonly config: Pick<Config, "home" | "root">;
  /** Name of the service and its log: "graphql". */
  readonly name: string;
  readonly databaseUrl: string;
  readonly schemas: readonly string[];
  readonly poolSize: number;
  readonly graphiql: boolean;
  /** What its connections are called at PostgreSQL. */
  readonly session: string;
  /** How long a statement may run, ms. */
  readonly limitMs?: number;
  /** By which its gate is closed and opened; default one that nobody knows. */
  readonly gateToken?: string;
  /** The only one that will do; default one that is free. */
  readonly port?: number;
}

/** What nobody guesses. */
export function newGateToken(): string {
  return randomBytes(32).toString("hex");
}

/** The address that GraphQL documents are posted to. */
export function embeddedGraphqlUrl(port: number): string {
  return `http://127.0.0.1:${port}/graphql`;
}

/**
 * Starts PostGraphile over some schemas and waits until it has answered a query.
 * @throws {ServiceError} with the end of its log.
 */
export async function startGraphql(
  options: GraphqlStart,
  onStarted: (started: EmbeddedGraphql) => void,
  signal?: AbortSignal,
): Promise<EmbeddedGraphql> {
  const { root, home } = options.config;
  const log = join(home, "logs", `${options.name}.log`);
  return await onFreePort(async (port) => {
    const server: ServerOptions = {
      url: options.databaseUrl,
      schemas: options.schemas,
      port,
      poolSize: options.poolSize,
      graphiql: options.graphiql,
      variables: postgresVariables(),
      session: options.session,
      limitMs: options.limitMs,
      gateToken: options.gateToken ?? newGateToken(),
    };
    const child = await launch({
      command: Deno.execPath(),
      args: ["run", "--allow-all", "--no-prompt", join(import.meta.dirname!, "postgraphile", "server.ts")],
      env: {
        ...onlyVariables(...VARIABLES),
        NODE_ENV: "production",
        GRAPHILE_ENV: "production",
        NO_COLOR: "1",
        TZ: "UTC",
      },
      cwd: root,
      log,
      stdin: JSON.stringify(server),
    });
    const started = { process: child.id, port };
    onStarted(started);
    const deadline = performance.now() + START_TIMEOUT_MS;
    for (;;) {
      const problem = await graphqlProblem(embeddedGraphqlUrl(port), {}, 5_000, signal);
      if (problem === null) return started;
      signal?.throwIfAborted();
      if (child.hasEnded()) {
        const tail = child.words();
        if (/EADDRINUSE|Address already in use/.test(tail)) return "port taken" as const;
        throw failedToStart(`it ended with ${await child.ended}\n${tail}`, log);
      }
      if (performance.now() > deadline) {
        await stopProcess(child.id, "SIGTERM");
        throw failedToStart(
          `${problem} after ${formatSeconds(START_TIMEOUT_MS / 1000)}\n${child.words()}`,
          log,
        );
      }
      await sleep(25, signal);
    }
  }, options.port);
}

/** The answer to the smallest question has some 30 bytes; an error's text, a page of HTML at most. */
const MOST_PROBED_BYTES = 1024 * 1024;

/**
 * Asks a GraphQL service the smallest real question; null when it answers, else what is wrong in words.
 * @param signal gives the question up
 */
export async function graphqlProblem(
  url: string,
  headers: Readonly<Record<string, string>>,
  timeoutMs = 5_000,
  signal?: AbortSignal,
): Promise<string | null> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "application/json", ...headers },
      body: JSON.stringify({ query: "{ __typename }" }),
      signal: anySignal(AbortSignal.timeout(timeoutMs), signal),
      // A load does not follow them either, and the headers may hold a secret that is not for another host.
      redirect: "manual",
    });
    return problemOf(response, await firstBytes(response));
  } catch (error) {
    if ((error as Error).name === "TimeoutError") {
      return `no answer within ${formatSeconds(timeoutMs / 1000)}`;
    }
    // Deno hides the system's word in the cause.
    const words = `${error} ${(error as Error).cause}`;
    return /refused/i.test(words) ? "connection refused" : "it cannot be reached";
  }
}

function problemOf({ status, headers }: Response, body: Uint8Array | null): string | null {
  if (status >= 300 && status < 400) {
    const to = URL.parse(headers.get("location") ?? "");
    return `it redirects (HTTP status ${status})${to === null ? "" : ` to ${to.origin}${to.pathname}`}`;
  }
  const { error, answer } = judgeAnswer(status, body ?? new Uint8Array(), true);
  const asked = (answer as { data?: { __typename?: unknown } } | null | undefined)?.data?.__typename;
  if (error === null && typeof asked === "string") return null;
  const message = errorMessageOf(answer);
  if (message !== undefined) return `it answers with an error: ${message}`;
  return error === null || error === INVALID_RESPONSE || error === String(status)
    ? `it answers with HTTP status ${status} and no GraphQL`
    : `it answers with an error: ${error}`;
}

/** A body that is no longer than a probe's answer may be; null where it is. */
async function firstBytes({ body }: Response): Promise<Uint8Array | null> {
  const parts: Uint8Array[] = [];
  let bytes = 0;
  for await (const part of body ?? []) {
    bytes += part.length;
    // Leaving the loop hangs up.
    if (bytes > MOST_PROBED_BYTES) return null;
    parts.push(part);
  }
  return new Uint8Array(await new Blob(parts as Uint8Array<ArrayBuffer>[]).arrayBuffer());
}

/** Headers that a user's GraphQL service asks for. */
export function graphqlHeaders(
  config: Pick<Config, "graphqlDialect" | "hasuraAdminSecret">,
): Record<string, string> {
  return config.graphqlDialect === "hasura" && config.hasuraAdminSecret !== undefined
    ? { "x-hasura-admin-secret": config.hasuraAdminSecret }
    : {};
}

function failedToStart(state: string, log: string): ServiceError {
  return new ServiceError(`Cannot start PostGraphile: ${state}`, `Read ${log}.`);
}
