import { join } from "node:path";
import type { Config } from "../config.ts";
import { type LoadedScenario, loadScenario } from "../load/scenario.ts";
import { datasets } from "../seed/catalog.ts";
import { resolveData } from "../seed/spec.ts";
import type { Stack } from "../stack/services.ts";
import { up, type UpOptions, type UpResult } from "../stack/up.ts";
import { openTerminal, type Terminal } from "../terminal/terminal.ts";
import { formatTable } from "../terminal/table.ts";
import { interruptSignal } from "./interrupt.ts";
import { type DataArguments, databaseName, dataRequest } from "./data_options.ts";
import { checkOwnFiles, openOwnTables, ownDatabase } from "./own_tables.ts";
import { tellLeftMoves, tellLeftWrites } from "./left_writes.ts";
import { fillDatabase } from "./prepare.ts";

const DATASET = "northwind";

/**
 * Starts the stack, fills it, and shows where everything is.
 * @param name of a scenario whose data are shown, or the path of its file
 */
export async function exploreStack(
  name: string | undefined,
  given: DataArguments,
  config: Config,
): Promise<void> {
  const scenario = name === undefined ? null : await loadScenario(config.root, name);
  if (scenario !== null) await checkOwnFiles(scenario);
  const terminal = openTerminal({ json: false });
  using interrupt = interruptSignal(config.home);
  const data = await dataFor(scenario, given, config, terminal, interrupt.signal);
  const { endpoints, urlsFile } = await up(config, {
    ...data,
    onStep: (text) => terminal.print(text),
    signal: interrupt.signal,
  });
  terminal.print(formatTable([
    { title: "service", align: "left", heads: true },
    { title: "address", align: "left", least: 80 },
    { title: "", align: "left", columns: 300, least: 300 },
  ], endpoints.map(({ name, address, note }) => [name, address ?? "not available", note])));
  // Of tables of one's own nobody has written down what PostGraphile calls them.
  if (scenario?.ownTables) { for (const line of await fieldNames(config, endpoints)) terminal.print(line); }
  terminal.print(
    `\nURLs with passwords, to be sourced by a shell: ${urlsFile}\ndeno task down stops everything.`,
  );
}

/** Which database is shown, and what fills it. */
async function dataFor(
  scenario: LoadedScenario | null,
  given: DataArguments,
  { home }: Config,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Pick<UpOptions, "database" | "schemas" | "seed">> {
  /** Fills a database, and then takes back what runs that were killed have left in it. */
  const filledBy = (fill: (stack: Stack) => Promise<unknown>) => async (url: string, stack: Stack) => {
    await fill(stack);
    await tellLeftMoves({ home, stack, signal }, terminal);
    await tellLeftWrites({ home, stack, url, held: false, signal }, terminal);
  };
  if (scenario !== null && scenario.datasetName === null) {
    return {
      database: await ownDatabase(scenario),
      schemas: scenario.ownTables!.schemas,
      seed: filledBy((stack) => openOwnTables(stack, scenario, async () => {}, terminal, signal)),
    };
  }
  // Whether its rows are enough for the scenario's settings is nothing to who only looks at them.
  const request = await dataRequest(scenario?.datasetName ?? DATASET, given);
  return {
    database: databaseName(resolveData(request)),
    schemas: datasets[request.dataset]!.schemas,
    seed: filledBy((stack) =>
      fillDatabase(stack, request, { replace: given.replace, home }, terminal, signal)
    ),
  };
}

/** What the GraphQL service of ours can be asked, as lines; none where it is the user's or not there. */
async function fieldNames({ root }: Config, endpoints: UpResult["endpoints"]): Promise<string[]> {
  const graphiql = endpoints.find(({ name }) => name === "GraphiQL");
  const address = endpoints.find(({ name }) => name === "GraphQL")?.address;
  if (graphiql === undefined || !address) return [];
  const query = await Deno.readTextFile(join(root, "queries/observe/graphql_fields.graphql"));
  const answer = await fetch(address, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query }),
  });
  const { data } = await answer.json() as { data?: { __schema: Record<string, FieldNames> } };
  return [["query", "Query fields"], ["mutation", "Mutation fields"]].flatMap(([kind, words]) => {
    const names = (data?.__schema[`${kind}Type`]?.fields ?? []).map(({ name }) => name)
      .filter((name) => !RELAY.includes(name));
    return names.length === 0 ? [] : [`\n${words}: ${names.sort().join(", ")}`];
  });
}

/** Fields that every PostGraphile has. */
const RELAY = ["query", "id", "nodeId", "node"];

type FieldNames = { readonly fields: readonly { readonly name: string }[] } | null;
