import { NOT_NEEDED } from "../model/run.ts";
import { createHash } from "node:crypto";
import { type Config, redactUrl } from "../config.ts";
import { BenchbookError } from "../model/errors.ts";
import {
  DEFAULT_POOL_SIZE,
  embeddedGraphqlUrl,
  graphqlHeaders,
  graphqlProblem,
  type GraphqlStart,
  newGateToken,
  startGraphql,
} from "./graphql.ts";
import type { InstanceControl, StartInstance } from "./instance_control.ts";
import { neededHaproxy, openHaproxy } from "./open_haproxy.ts";
import { packageVersion } from "./package_version.ts";
import type { GraphqlOptions, GraphqlService, Instance, StackOptions, Unavailable } from "./services.ts";
import { freeName, readRecords, record, type ServiceRecord, stopServices } from "./state.ts";
import { shownPgUrl } from "../postgres/place.ts";

const IDENTITY = { available: true, service: "graphql", role: "graphql" } as const;

/** An embedded one. */
type Running = Pick<ServiceRecord, "name" | "port" | "process" | "facts">;

/** A GraphQL service, and all that runs for it. */
export interface OpenedGraphql {
  readonly service: GraphqlService;
  readonly instances: readonly Instance[];
}

/**
 * The user's GraphQL service, or PostGraphile over these schemas in as many processes as asked for, the first of which
 * stands for all. A run never measures the one that `up` started for exploring: that serves GraphiQL and may be in use.
 *
 * Nothing stands before several processes unless it is asked for: whoever sends requests deals them over `endpoints`. A
 * proxy is one more hop, and one more process on the same cores, on every path that is measured through it and on none of
 * the others.
 */
export async function openGraphql(
  config: Config,
  options: StackOptions,
  control: InstanceControl,
  databaseUrl: string,
  schemas: readonly string[],
  asked: GraphqlOptions,
): Promise<OpenedGraphql | Unavailable> {
  if (!options.need.graphql) return { available: false, reason: NOT_NEEDED };
  if (config.graphqlUrl !== undefined) {
    const settings = { dialect: config.graphqlDialect };
    const users = await openUsersGraphql(config.graphqlUrl, "GRAPHQL_URL", graphqlHeaders(config), settings);
    return users.available ? { service: users, instances: [users] } : users;
  }
  const { home } = config;
  if (options.owner === "up") {
    const running = readRecords(home).find(({ owner, facts }) =>
      owner.kind === "up" && facts.database === keyOf(databaseUrl)
    );
    if (running !== undefined && await answers(running)) {
      const service = embedded(running);
      return { service, instances: [service] };
    }
  }
  const running: Running[] = [];
  const { arms, poolSize = DEFAULT_POOL_SIZE } = asked;
  const ofArms = arms === undefined ? {} : { arms };
  try {
    // What cannot be had is known before a process is started for it.
    const proxy = asked.balancer === "haproxy" ? await neededHaproxy(config, options) : null;
    options.onStep?.("Starting PostGraphile");
    const gateToken = newGateToken();
    const served = { config, databaseUrl, schemas, gateToken, ...asked, poolSize };
    await startProcesses(served, options, control, running);
    const processUrls = running.map(({ port }) => embeddedGraphqlUrl(port));
    const processes = running.map((each) => ({ ...embedded(each, processUrls), ...ofArms, gateToken }));
    const [first] = processes as [GraphqlService];
    if (proxy === null) return { service: first, instances: processes };
    const before = await openHaproxy(proxy, home, options, control, running, poolSize);
    return {
      service: { ...first, url: before.url, endpoints: [before.url] },
      instances: [...processes, { ...before, ...ofArms }],
    };
  } catch (error) {
    if (!(error instanceof BenchbookError)) throw error;
    const names = running.map(({ name }) => name);
    await stopServices(home, readRecords(home).filter(({ name }) => names.includes(name)));
    return { available: false, reason: `${error.message}. ${error.next ?? ""}`.trim() };
  }
}

/** What processes of ours serve, and how. */
type Served =
  & Pick<GraphqlStart, "config" | "databaseUrl" | "schemas" | "gateToken">
  & GraphqlOptions
  & { readonly poolSize: number };

/** @param running those that run, as they start. @throws {ServiceError} where one does not start */
async function startProcesses(
  { instances = 1, graphiql = false, session = "benchbook-graphql", ...served }: Served,
  { owner, signal }: StackOptions,
  control: InstanceControl,
  running: Running[],
): Promise<void> {
  const { config, databaseUrl, schemas, limitMs, gateToken } = served;
  const { home } = config;
  const poolSize = Math.ceil(served.poolSize / instances);
  const facts = { database: keyOf(databaseUrl), schemas: schemas.join(","), poolSize: `${poolSize}` };
  while (running.length < instances) {
    const name = freeName(home, "graphql");
    const start: StartInstance = (owner, port) =>
      startGraphql(
        { config, name, databaseUrl, schemas, poolSize, graphiql, session, limitMs, port, gateToken },
        ({ port, process }) => {
          control.started.add(name);
          record(home, { name, process, port, stopSignal: "SIGTERM", facts }, owner);
        },
        signal,
      );
    running.push({ ...await start(owner), name, facts });
    control.add(name, start);
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
    processUrls: [],
    headers,
    version: null,
    settings,
    process: null,
  };
}

function embedded(
  { name, port, process, facts }: Running,
  processUrls = [embeddedGraphqlUrl(port)],
): GraphqlService {
  return {
    ...IDENTITY,
    origin: "embedded",
    name,
    url: embeddedGraphqlUrl(port),
    endpoints: processUrls,
    processUrls,
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

/** Tells two databases apart without telling a password. */
function keyOf(databaseUrl: string): string {
  return createHash("sha256").update(shownPgUrl(databaseUrl)).digest("hex").slice(0, 16);
}
