import { NOT_NEEDED } from "../model/run.ts";
import { createHash } from "node:crypto";
import { type Config, redactUrl } from "../config.ts";
import { BenchbookError } from "../model/errors.ts";
import {
  DEFAULT_POOL_SIZE,
  embeddedGraphqlUrl,
  graphqlHeaders,
  graphqlProblem,
  newGateToken,
  startGraphql,
} from "./graphql.ts";
import type { InstanceControl, StartInstance } from "./instance_control.ts";
import { packageVersion } from "./package_version.ts";
import type { GraphqlOptions, GraphqlService, StackOptions, Unavailable } from "./services.ts";
import { readRecords, record, type ServiceRecord, stopServices } from "./state.ts";
import { shownPgUrl } from "../postgres/place.ts";

const IDENTITY = { available: true, service: "graphql", role: "graphql" } as const;

/** An embedded one. */
type Running = Pick<ServiceRecord, "name" | "port" | "process" | "facts">;

/**
 * The user's GraphQL service, or PostGraphile over these schemas in as many processes as asked for, the first of which
 * stands for all. A run never measures the one that `up` started for exploring: that serves GraphiQL and may be in use.
 *
 * Nothing stands before several processes: whoever sends requests deals them over `endpoints`. A proxy would be one
 * more hop, and one more process on the same cores, on every path that is measured through it and on none of the others.
 */
export async function openGraphql(
  config: Config,
  options: StackOptions,
  control: InstanceControl,
  databaseUrl: string,
  schemas: readonly string[],
  asked: GraphqlOptions,
): Promise<readonly [GraphqlService, ...GraphqlService[]] | Unavailable> {
  if (!options.need.graphql) return { available: false, reason: NOT_NEEDED };
  if (config.graphqlUrl !== undefined) {
    const settings = { dialect: config.graphqlDialect };
    const users = await openUsersGraphql(config.graphqlUrl, "GRAPHQL_URL", graphqlHeaders(config), settings);
    return users.available ? [users] : users;
  }
  const { home } = config;
  const { instances = 1, graphiql = false, session = "benchbook-graphql", limitMs } = asked;
  const poolSize = Math.ceil((asked.poolSize ?? DEFAULT_POOL_SIZE) / instances);
  const facts = { database: keyOf(databaseUrl), schemas: schemas.join(","), poolSize: `${poolSize}` };
  if (options.owner === "up") {
    const running = readRecords(home).find(({ owner, facts: has }) =>
      owner.kind === "up" && has.database === facts.database
    );
    if (running !== undefined && await answers(running)) return [embedded(running)];
  }
  options.onStep?.("Starting PostGraphile");
  const running: Running[] = [];
  const gateToken = newGateToken();
  try {
    while (running.length < instances) {
      const name = freeName(home);
      const start: StartInstance = (owner, port) =>
        startGraphql(
          { config, name, databaseUrl, schemas, poolSize, graphiql, session, limitMs, port, gateToken },
          ({ port, process }) => {
            control.started.add(name);
            record(home, { name, process, port, stopSignal: "SIGTERM", facts }, owner);
          },
          options.signal,
        );
      running.push({ ...await start(options.owner), name, facts });
      control.add(name, start);
    }
    const endpoints = running.map(({ port }) => embeddedGraphqlUrl(port));
    const [first, ...others] = running.map((process) => ({ ...embedded(process, endpoints), gateToken }));
    return [first!, ...others];
  } catch (error) {
    if (!(error instanceof BenchbookError)) throw error;
    const names = running.map(({ name }) => name);
    await stopServices(home, readRecords(home).filter(({ name }) => names.includes(name)));
    return { available: false, reason: `${error.message}. ${error.next ?? ""}`.trim() };
  }
}

/**
 * A GraphQL service of the user's.
 * @param called as the user knows its URL: "GRAPHQL_URL"
 */
export async function openUsersGraphql(
  url: string,
  called: string,
  headers: GraphqlService["headers"],
  settings: GraphqlService["settings"],
): Promise<GraphqlService | Unavailable> {
  const problem = await graphqlProblem(url, headers);
  if (problem !== null) {
    return { available: false, reason: `${called} cannot be used: ${problem} at ${redactUrl(url)}.` };
  }
  return {
    ...IDENTITY,
    origin: "user",
    name: "graphql",
    url,
    endpoints: [url],
    headers,
    version: null,
    settings,
    process: null,
  };
}

function embedded(
  { name, port, process, facts }: Running,
  endpoints = [embeddedGraphqlUrl(port)],
): GraphqlService {
  return {
    ...IDENTITY,
    origin: "embedded",
    name,
    url: embeddedGraphqlUrl(port),
    endpoints,
    headers: {},
    version: `PostGraphile ${packageVersion("postgraphile")}`,
    // Its own default, and a difference from plain SQL wherever the server has a JIT compiler.
    settings: { pool: facts.poolSize ?? "", schemas: facts.schemas ?? "", jit: "off" },
    process,
  };
}

async function answers({ port }: Running): Promise<boolean> {
  return await graphqlProblem(embeddedGraphqlUrl(port), {}, 2_000) === null;
}

function freeName(home: string): string {
  const taken = new Set(readRecords(home).map(({ name }) => name));
  for (let count = 1;; count++) {
    const name = count === 1 ? "graphql" : `graphql-${count}`;
    if (!taken.has(name)) return name;
  }
}

/** Tells two databases apart without telling a password. */
function keyOf(databaseUrl: string): string {
  return createHash("sha256").update(shownPgUrl(databaseUrl)).digest("hex").slice(0, 16);
}
