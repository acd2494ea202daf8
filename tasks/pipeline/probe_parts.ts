import type { Config } from "../config.ts";
import { loadWorkload } from "../load/arms.ts";
import { mixOf } from "../load/plan.ts";
import type { LoadedScenario } from "../load/scenario.ts";
import { loadFileSources, loadSqlSources } from "../load/sources.ts";
import { ServiceError, UsageError } from "../model/errors.ts";
import type { ServiceFact } from "../model/run.ts";
import { sessionPrefix } from "../model/session_name.ts";
import { counted, listed } from "../model/units.ts";
import { pathOf } from "../paths/registry.ts";
import type { PgClient } from "../postgres/client.ts";
import { graphqlQuestion } from "../probe/graphql_question.ts";
import { type Drawn, type LoadPart, NOTHING_DRAWN, scaled } from "../probe/load_part.ts";
import { graphqlPart, OWN_RATE, sqlPart } from "../probe/own_parts.ts";
import { probeLoad, totalRate } from "../probe/probe_load.ts";
import { readsOf, scenarioParts } from "../probe/scenario_parts.ts";
import { tryOperations } from "../probe/try_operations.ts";
import { inspect, readMarker } from "../seed/marker.ts";
import { graphqlHeaders } from "../stack/graphql.ts";
import { openUsersGraphql } from "../stack/open_graphql.ts";
import { factOf } from "../stack/service_facts.ts";
import type { GraphqlService } from "../stack/services.ts";
import type { ProbeRequest } from "./probe_options.ts";

/** What a probe asks, and what is to be said of that. */
export interface ProbeParts {
  readonly parts: readonly LoadPart[];
  readonly drawn: Drawn;
  /** Beside the server. */
  readonly services: readonly ServiceFact[];
  /** Whole sentences. */
  readonly notes: readonly string[];
}

/** What its parts are made with. */
interface Making extends Pick<ProbeRequest, "given" | "paths" | "scenario"> {
  readonly config: Config;
  readonly url: string;
  readonly runId: string;
  /** Of the ledger; null: nothing is written. */
  readonly schema: string | null;
}

/**
 * Lays out what a probe asks: its own load over each path, and a scenario's reads beside it.
 * @param client a session at the server
 * @throws {UsageError} where nothing is left to ask, or a question of the scenario fails; {ServiceError} where a path that was named has
 * no service
 */
export async function probeParts(making: Making, client: PgClient, signal: AbortSignal): Promise<ProbeParts> {
  const { given, url, runId, schema, paths, scenario } = making;
  const session = `${sessionPrefix(runId)}load`;
  const graphql = await graphqlOf(making);
  const own = sqlPart({ url, session, schema, reads: paths.includes("sql"), rate: OWN_RATE });
  const read = scenario === null
    ? { parts: [], drawn: NOTHING_DRAWN, notes: [] }
    : await scenarioLoad({ ...making, scenario, session }, graphql.service, client, signal);
  const asksGraphql = read.parts.some(({ path }) => path === "graphql");
  const question = graphql.service === null || asksGraphql
    ? null
    : await graphqlQuestion(graphql.service.url, graphql.service.headers);
  const parts = [
    ...own === null ? [] : [own],
    ...question === null
      ? []
      : [graphqlPart({ ...graphql.service!, question: question.text, rate: OWN_RATE })],
    ...read.parts,
  ];
  if (parts.length === 0) {
    throw new UsageError(
      "Cannot probe: nothing is left to ask",
      "Give --paths sql, or leave out --no-ledger.",
    );
  }
  const made = {
    parts: given.rate === undefined ? parts : scaled(parts, given.rate / totalRate(parts)),
    drawn: read.drawn,
    services: graphql.service === null ? [] : [factOf(graphql.service)],
    notes: [...graphql.notes, ...read.notes, ...question?.asksDatabase === false ? [ONLY_NAME] : []],
  };
  await tryScenario(made, `${sessionPrefix(runId)}watch`);
  return made;
}

const ONLY_NAME =
  "The GraphQL service is asked for the name of its type alone, as its schema shows no question that is small: that it answers says " +
  "nothing of its database. A --scenario with .graphql files asks more.";

async function graphqlOf(
  { given, config, paths }: Making,
): Promise<{ readonly service: GraphqlService | null; readonly notes: readonly string[] }> {
  if (!paths.includes("graphql")) return { service: null, notes: [] };
  const { graphqlUrl, graphqlDialect } = config;
  const found = await openUsersGraphql(graphqlUrl!, "GRAPHQL_URL", graphqlHeaders(config), {
    dialect: graphqlDialect,
  });
  if (found.available) return { service: found, notes: [] };
  if (given.paths !== undefined) {
    throw new ServiceError(
      `Cannot probe over graphql: ${found.reason.replace(/\.$/, "")}`,
      "Start it, or leave graphql out of --paths.",
    );
  }
  return { service: null, notes: [`graphql is not asked: ${found.reason}`] };
}

async function scenarioLoad(
  { scenario, url, paths, session }: Making & { readonly scenario: LoadedScenario; readonly session: string },
  service: GraphqlService | null,
  client: PgClient,
  signal: AbortSignal,
): Promise<Pick<ProbeParts, "parts" | "drawn" | "notes">> {
  const reads = readsOf(scenario);
  const operations = reads.streams.flatMap((stream) => stream.operations);
  const targets = paths.filter((path) => scenario.paths.includes(path)).flatMap((path) => {
    if (path === "graphql" && service === null) return [];
    const endpoints = { postgres: { url, session }, ...service !== null && { graphql: service } };
    return [{ path, target: pathOf(path).targetAt(endpoints) }];
  });
  const asked = { ...scenario, operations };
  const workload = await loadWorkload(scenario.workloadDir, {
    operations,
    paths: targets.map(({ path }) => path),
  });
  const drawn = {
    ownKeys: scenario.ownTables?.keys ?? {},
    dataset: await datasetOf(scenario, client),
    sources: { ...await loadFileSources(asked), ...await loadSqlSources(asked, url, signal) },
  };
  const { left } = reads;
  const notes = left.length === 0 ? [] : [
    `Of ${scenario.name} ${counted(left.length, "operation")} ${left.length === 1 ? "is" : "are"} left out: ${
      listed(left)
    }. A probe makes no writes but its ledger's.`,
  ];
  return { parts: scenarioParts(scenario, reads, workload, targets), drawn, notes };
}

/** How many rows of a data set there are. @throws {UsageError} where it is not in the database */
async function datasetOf({ name, datasetName }: LoadedScenario, client: PgClient): Promise<Drawn["dataset"]> {
  if (datasetName === null) return null;
  const { marker_exists } = await inspect(client, []);
  const seeded = marker_exists ? (await readMarker(client, datasetName))?.seeded ?? null : null;
  if (seeded !== null) return { name: datasetName, counts: seeded.counts };
  throw new UsageError(
    `Cannot probe with the scenario ${name}: it asks the data set ${datasetName}, which is not in the database`,
    `Name a scenario over tables of yours (docs/scenarios.md), or seed it: deno task seed --dataset ${datasetName}.`,
  );
}

async function tryScenario({ parts, drawn }: ProbeParts, session: string): Promise<void> {
  const ofScenario = parts.flatMap(({ workload }, index) => workload === "probe" ? [] : [index]);
  if (ofScenario.length === 0) return;
  const { plan } = probeLoad({
    parts,
    drawn,
    connections: 1,
    seconds: 1,
    seed: 1,
    spoolDir: "",
    threadMigration: false,
  });
  await tryOperations(plan, ofScenario, mixOf(plan), session);
}
