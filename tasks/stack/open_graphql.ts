import { createHash } from "node:crypto";
import { type Config, redactUrl } from "../config.ts";
import { BenchbookError } from "../model/errors.ts";
import {
  DEFAULT_POOL_SIZE,
  embeddedGraphqlUrl,
  graphqlHeaders,
  graphqlProblem,
  startGraphql,
} from "./graphql.ts";
import { packageVersion } from "./package_version.ts";
import type { GraphqlOptions, GraphqlService, StackOptions, Unavailable } from "./services.ts";
import { readRecords, record, type ServiceRecord } from "./state.ts";
import { shownPgUrl } from "../postgres/place.ts";

/**
 * The user's GraphQL service, or a PostGraphile of its own over these schemas. A run never measures the one
 * that `up` started for exploring: that serves GraphiQL and may be in use.
 */
export async function openGraphql(
  config: Config,
  options: StackOptions,
  started: Set<string>,
  databaseUrl: string,
  schemas: readonly string[],
  asked: GraphqlOptions,
): Promise<GraphqlService | Unavailable> {
  if (!options.need.graphql) return { available: false, reason: "It was not asked for." };
  if (config.graphqlUrl !== undefined) return await usersGraphql(config, config.graphqlUrl);
  const poolSize = asked.poolSize ?? DEFAULT_POOL_SIZE;
  const graphiql = asked.graphiql ?? false;
  const { session = "benchbook-graphql", limitMs } = asked;
  const facts = { database: keyOf(databaseUrl), schemas: schemas.join(","), poolSize: `${poolSize}` };
  const records = readRecords(config.home);
  if (options.owner === "up") {
    const running = records.find(({ owner, facts: has }) =>
      owner.kind === "up" && has.database === facts.database
    );
    if (running !== undefined && await answers(running)) {
      return embedded(running.name, running.port, running.process, running.facts);
    }
  }
  const name = freeName(new Set(records.map(({ name }) => name)));
  options.onStep?.("Starting PostGraphile");
  try {
    const { port, process } = await startGraphql(
      { config, name, databaseUrl, schemas, poolSize, graphiql, session, limitMs },
      ({ port, process }) => {
        started.add(name);
        record(config.home, { name, process, port, stopSignal: "SIGTERM", facts }, options.owner);
      },
      options.signal,
    );
    return embedded(name, port, process, facts);
  } catch (error) {
    if (!(error instanceof BenchbookError)) throw error;
    return { available: false, reason: `${error.message}. ${error.next ?? ""}`.trim() };
  }
}

async function usersGraphql(config: Config, url: string): Promise<GraphqlService | Unavailable> {
  const headers = graphqlHeaders(config);
  const problem = await graphqlProblem(url, headers);
  if (problem !== null) {
    return { available: false, reason: `GRAPHQL_URL cannot be used: ${problem} at ${redactUrl(url)}.` };
  }
  return {
    available: true,
    origin: "user",
    name: "graphql",
    url,
    headers,
    version: null,
    settings: { dialect: config.graphqlDialect },
    process: null,
  };
}

function embedded(
  name: string,
  port: number,
  process: ServiceRecord["process"],
  facts: Readonly<Record<string, string>>,
): GraphqlService {
  return {
    available: true,
    origin: "embedded",
    name,
    url: embeddedGraphqlUrl(port),
    headers: {},
    version: `PostGraphile ${packageVersion("postgraphile")}`,
    // Its own default, and a difference from plain SQL wherever the server has a JIT compiler.
    settings: { pool: facts.poolSize ?? "", schemas: facts.schemas ?? "", jit: "off" },
    process,
  };
}

async function answers({ port }: ServiceRecord): Promise<boolean> {
  return await graphqlProblem(embeddedGraphqlUrl(port), {}, 2_000) === null;
}

function freeName(taken: ReadonlySet<string>): string {
  for (let count = 1;; count++) {
    const name = count === 1 ? "graphql" : `graphql-${count}`;
    if (!taken.has(name)) return name;
  }
}

/** Tells two databases apart without telling a password. */
function keyOf(databaseUrl: string): string {
  return createHash("sha256").update(shownPgUrl(databaseUrl)).digest("hex").slice(0, 16);
}
