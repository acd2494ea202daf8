import { join } from "node:path";
import type { Config } from "../../config.ts";
import { temporaryFolder } from "../../files/temporary.ts";
import { ServiceError } from "../../model/errors.ts";
import type { RunSummary } from "../../model/summary.ts";
import { counted } from "../../model/units.ts";
import { sayJson } from "../../terminal/command.ts";
import { openTerminal, type Terminal } from "../../terminal/terminal.ts";
import { type Finding, finding, type Findings } from "../finding.ts";
import { findingsText } from "../finding_text.ts";
import { machineFacts } from "../machine.ts";
import { partCommand, readPart } from "../options.ts";
import { startTask } from "../own_process.ts";
import { spread } from "../spread.ts";
import { OPERATION, slowerArm, timesFor, TRIED } from "./slower_query.ts";

/** What `selfbench verdicts` is to measure. */
interface VerdictsPlan {
  readonly runs: number;
  /** Of each run. */
  readonly seconds: number;
}

/** By so much of its own median the operation is slower. */
const SHARE = 0.1;
/** As the scenario has it, where the run is as long as one that counts. */
const WARMUP_SECONDS = 3;
/** Runs that may try what makes it so. */
const TRIALS = 3;
/** Of twenty runs each: with a false verdict at most, and that find what is slower at least. */
const MOST_FALSE = 3 / 20;
const LEAST_FOUND = 13 / 20;

/** `selfbench verdicts`: makes real runs of which the truth is known, and counts what they say. */
export async function verdictsPart(args: readonly string[], config: Config): Promise<void> {
  const title =
    "Make runs of two arms that are the same, and of one that is a tenth slower in one operation: how often they differ " +
    "in a verdict, and how often that is found.";
  const task = partCommand("verdicts", title, {
    runs: ["runs of either kind", "number of runs", 1, 1000],
    seconds: ["measured time of each", "number of seconds", 1, 3600],
  });
  const { json, ...plan } = readPart<VerdictsPlan>(task, args);
  const terminal = openTerminal({ json });
  const machine = machineFacts(null);
  using folder = temporaryFolder("benchbook-selfbench-verdicts-");
  const { findings, notMeasured } = await measured(plan, folder.path, config, terminal);
  const result: Findings = { part: "verdicts", findings, notMeasured, machine };
  terminal.print(`\n${findingsText(result, terminal.width.columns)}`);
  if (json) sayJson(result);
}

async function measured(
  { runs, seconds }: VerdictsPlan,
  dir: string,
  config: Config,
  terminal: Terminal,
): Promise<Pick<Findings, "findings" | "notMeasured">> {
  const bench = (...arms: string[]) => run(arms, seconds, join(dir, "verdicts.duckdb"), config);
  const tried = TRIED.map((times) => ({
    name: `reads-${times}`,
    file: slowerArm(dir, `reads-${times}`, config.root, times),
  }));
  const times = await terminal.step(`See what makes ${OPERATION} slower`, async () => {
    for (let left = TRIALS; left > 0; left--) {
      const pilot = await bench(...tried.map(({ name, file }) => `${name}=${file}`));
      const value = timesFor(SHARE, pilot, tried.map(({ name }) => name));
      if (value !== null) return { value, detail: `a tenth by ${counted(value, "look")} at the clock` };
    }
    return { value: null, detail: `${TRIALS} runs do not tell what it takes` };
  });
  const slower = times === null ? null : `slower=${slowerArm(dir, "slower", config.root, times)}`;
  const twins: RunSummary[] = [];
  const slowed: RunSummary[] = [];
  for (let round = 1; round <= runs; round++) {
    // In turn: what a machine is like changes by the hour.
    await terminal.step(`Run ${round} of ${runs}, of either kind`, async () => {
      twins.push(await bench("twin="));
      const differ = falseVerdict(twins.at(-1)!) ? ["twins differ"] : [];
      if (slower !== null) slowed.push(await bench(slower));
      const said = [...differ, ...slowed.slice(round - 1).some(isFound) ? ["found"] : []];
      return { value: null, detail: said.join(", ") || "no verdict" };
    });
  }
  const made = [...twins, ...slowed];
  const invalid = made.filter((each) => !isJudged(each)).length;
  return {
    findings: verdictFindings(twins.filter(isJudged), slowed.filter(isJudged)),
    notMeasured: [
      ...slower === null
        ? [
          `${OPERATION} a tenth slower: ${TRIALS} runs do not tell what it takes; a quieter machine may, or more --seconds`,
        ]
        : [],
      ...invalid > 0
        ? [`${counted(invalid, "run")} of ${made.length} were INVALID, and count for nothing`]
        : [],
    ],
  };
}

/** A default run over direct SQL and further arms. @throws {ServiceError} where it has no summary */
async function run(
  arms: readonly string[],
  seconds: number,
  db: string,
  config: Config,
): Promise<RunSummary> {
  const lasting = ["--duration", `${seconds}s`, "--warmup", `${Math.min(WARMUP_SECONDS, seconds / 4)}s`];
  const given = ["--paths", "sql", ...lasting, "--no-report", "--json", "--db", db];
  const child = startTask("bench.ts", ["access-paths", ...given, ...arms.flatMap((arm) => ["--arm", arm])], {
    BENCHBOOK_HOME: config.home,
  });
  const { stdout, stderr } = await child.output();
  const text = new TextDecoder().decode(stdout);
  if (text !== "") return JSON.parse(text) as RunSummary;
  const said = new TextDecoder().decode(stderr).trim().split("\n").slice(-3).join("\n  ");
  throw new ServiceError("Cannot count verdicts: a run made none", said);
}

function isJudged({ validity, run }: RunSummary): boolean {
  return validity.valid && run.status === "complete";
}

function falseVerdict({ comparisons }: RunSummary): boolean {
  return comparisons.some(({ verdict }) => verdict === "slower" || verdict === "faster");
}

function isFound({ comparisons }: RunSummary): boolean {
  return comparisons.some(({ operation, statistic, verdict }) =>
    operation === OPERATION && statistic === "p50" && verdict === "slower"
  );
}

/** What so many judged runs of either kind come to. */
export function verdictFindings(twins: readonly RunSummary[], slowed: readonly RunSummary[]): Finding[] {
  const ratios = slowed.flatMap(({ comparisons }) =>
    comparisons.find(({ operation, statistic }) => operation === OPERATION && statistic === "p50")?.ratio ??
      []
  );
  const share = (
    what: string,
    of: readonly RunSummary[],
    counts: (run: RunSummary) => boolean,
    goal: string,
    isReached: (share: number) => boolean,
  ) => {
    const hits = of.filter(counts).length;
    const reached = of.length === 0 ? null : isReached(hits / of.length);
    return finding({
      what,
      unit: `of ${of.length}`,
      ours: of.length === 0 ? null : spread([hits]),
      goal,
      reached,
    });
  };
  return [
    share("runs of twins with a false verdict", twins, falseVerdict, "≤ 3 of 20", (of) => of <= MOST_FALSE),
    share(`runs that find ${OPERATION} slower`, slowed, isFound, "≥ 13 of 20", (of) => of >= LEAST_FOUND),
    finding({
      what: `how much slower ${OPERATION} was measured`,
      unit: "×",
      ours: ratios.length === 0 ? null : spread(ratios),
      note: `made slower by ${100 * SHARE} % of its median`,
    }),
  ];
}
