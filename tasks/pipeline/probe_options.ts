import { type Command, InvalidArgumentError } from "commander";
import type { Config } from "../config.ts";
import { type LoadedScenario, loadScenario } from "../load/scenario.ts";
import { UsageError } from "../model/errors.ts";
import { parseSlo } from "../model/slo.ts";
import { formatCount, formatMs } from "../model/units.ts";
import { OWN_RATE } from "../probe/own_parts.ts";
import { floorMs, leastRate } from "../probe/probe_load.ts";
import { readsOf } from "../probe/scenario_parts.ts";
import { stallLimitMs } from "../summary/migration/stall_limit.ts";
import { dbOption } from "../terminal/command.ts";
import { count } from "../terminal/count.ts";
import { checkScaling } from "./check_scaling.ts";
import { duration, label, LABEL_CHARACTERS, pair } from "./option_values.ts";
import { parsePaths } from "./path_options.ts";
import { storeForRun } from "./store_file.ts";

/** What the command line said. */
export interface ProbeArguments {
  /** Of all that is asked; absent: `OWN_RATE` a path, and the scenario's own. */
  readonly rate?: number;
  /** Seconds; absent: until Ctrl-C. */
  readonly duration?: number;
  readonly ledger: boolean;
  readonly paths?: string;
  readonly scenario?: string;
  readonly set: Readonly<Record<string, string>>;
  readonly slo?: string;
  readonly allow: readonly string[];
  readonly label?: string;
  readonly markdown?: string;
  readonly report: boolean;
  readonly pdf: boolean;
  readonly json: boolean;
  readonly db?: string;
}

/** A probe that a command asks for, with every mistake in it already told. */
export interface ProbeRequest {
  readonly given: ProbeArguments;
  /** The store's file. */
  readonly db: string;
  /** May hold a password. */
  readonly url: string;
  readonly pauseLimitMs: number;
  readonly paths: readonly ProbePath[];
  /** Whose load is made beside the probe's own; null: none. */
  readonly scenario: LoadedScenario | null;
}

/** By which a probe asks. */
export type ProbePath = "sql" | "graphql";
const PATHS: readonly ProbePath[] = ["sql", "graphql"];

const MOST_RATE = 5000;
const LEAST_REQUESTS = 50;

export function addProbeOptions(command: Command): Command {
  return command
    .option(
      "--rate <n>",
      `requests a second of all that is asked (default: ${OWN_RATE} a path, half of SQL's writes, and the scenario's own); a pause is ` +
        "told to about twice the time between two",
      count("rate", 1, MOST_RATE),
    )
    .option(
      "--duration <time>",
      "how long it watches, e.g. 10m (default: until Ctrl-C)",
      duration("duration"),
    )
    .option(
      "--paths <list>",
      "sql, graphql: by which it reads (default: sql, and graphql where GRAPHQL_URL is set); the ledger is written by SQL",
    )
    .option("--scenario <name>", "name or file of a scenario whose reads are asked beside the probe's own")
    .option("--set <key=value>", "a setting of the scenario; may be repeated", pair("cache_ttl=30"), {})
    .option("--no-ledger", "read only: no table is made, and nothing is said of writes")
    .option("--slo <terms>", 'how long a pause may be, e.g. "stall<1s" (default: 250 ms)')
    .option("--allow <verdict>", "exit with 0 for this verdict too: brief-pause", allow, [])
    .option("--markdown <file>", "write a summary for a pull request")
    .option("--label <text>", `a name to find the run by, of up to ${LABEL_CHARACTERS} characters`, label)
    .option("--no-report", "measure and store only")
    .option("--no-pdf", "make no PDF")
    .option("--json", "print summary.json on stdout, and all other output on stderr", false)
    .addOption(dbOption());
}

/** @throws {UsageError} for a mistake in the command */
export async function probeRequest(given: ProbeArguments, config: Config): Promise<ProbeRequest> {
  const { databaseUrl: url } = config;
  if (url === undefined) {
    throw new UsageError(
      "Cannot probe: DATABASE_URL is not set, so Benchbook knows no database of yours",
      "Set it to the address that your applications use; a probe watches what you do with the server there.",
    );
  }
  const other = given.slo === undefined
    ? undefined
    : parseSlo(given.slo).find(({ metric, scope }) => metric !== "stall" || scope !== null);
  if (other !== undefined) {
    throw new UsageError(
      `Cannot judge the SLO term "${other.text}": a probe is judged by its pauses alone`,
      'Write it like --slo "stall<1s".',
    );
  }
  if (given.markdown !== undefined) {
    const { refuseOthersFile } = await import("./migration_comment.ts");
    refuseOthersFile(given.markdown);
  }
  const pauseLimitMs = stallLimitMs(given.slo ?? null);
  refuseTooFew(given, pauseLimitMs);
  const paths = pathsOf(given.paths, config);
  return {
    given,
    url,
    paths,
    scenario: given.scenario === undefined
      ? null
      : await scenarioOf(given.scenario, given.set, paths, config),
    db: storeForRun(config, given.db),
    pauseLimitMs,
  };
}

/** @throws {UsageError} where so few requests are made that a pause of the limit could not be told, or nothing at all */
function refuseTooFew({ rate = OWN_RATE, duration }: ProbeArguments, pauseLimitMs: number): void {
  if (floorMs(rate) > pauseLimitMs) {
    throw new UsageError(
      `Cannot judge a pause of ${formatMs(pauseLimitMs)} at ${formatCount(rate)} requests/s: no pause under ${
        formatMs(floorMs(rate))
      } is told from the gaps between them`,
      `Give --rate ${leastRate(pauseLimitMs)} or more, or allow longer ones, e.g. --slo "stall<${
        formatMs(2 * floorMs(rate)).replace(" ", "")
      }".`,
    );
  }
  if (duration === undefined || duration * rate >= LEAST_REQUESTS) return;
  throw new UsageError(
    `Cannot judge a server by ${
      formatCount(Math.floor(duration * rate))
    } requests: ${LEAST_REQUESTS} are needed`,
    "Give a longer --duration, or a higher --rate.",
  );
}

/** @throws {UsageError} for a path that there is not, or that needs a service that is not named */
function pathsOf(text: string | undefined, { graphqlUrl }: Pick<Config, "graphqlUrl">): readonly ProbePath[] {
  if (text === undefined) return graphqlUrl === undefined ? ["sql"] : PATHS;
  const named = parsePaths(text, PATHS) as readonly ProbePath[];
  if (!named.includes("graphql") || graphqlUrl !== undefined) return named;
  throw new UsageError(
    "Cannot probe over graphql: GRAPHQL_URL is not set, so Benchbook knows no service of yours",
    "Set it to the address that your applications use, or leave graphql out of --paths.",
  );
}

/** @throws {UsageError} where it reads nothing, or by none of the paths */
async function scenarioOf(
  named: string,
  set: ProbeArguments["set"],
  paths: readonly ProbePath[],
  { root }: Pick<Config, "root">,
): Promise<LoadedScenario> {
  const scenario = await loadScenario(root, named, set);
  checkScaling([], scenario);
  if (readsOf(scenario).streams.length === 0) {
    throw new UsageError(
      `Cannot probe with the scenario ${scenario.name}: all that it asks are writes, and a probe makes none but its ledger's`,
      "Name one that reads.",
    );
  }
  if (scenario.paths.some((path) => (paths as readonly string[]).includes(path))) return scenario;
  throw new UsageError(
    `Cannot probe with the scenario ${scenario.name} over ${paths.join(" or ")}: it is asked by ${
      scenario.paths.join(", ")
    }`,
    "Name one of its paths in --paths: sql or graphql.",
  );
}

function allow(text: string, before: readonly string[]): string[] {
  if (text !== "brief-pause") throw new InvalidArgumentError("It must be brief-pause.");
  return [...before, text];
}
