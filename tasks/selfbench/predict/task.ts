import { join } from "node:path";
import type { Config } from "../../config.ts";
import { temporaryFolder } from "../../files/temporary.ts";
import { migrationNames } from "../../migrate/definition.ts";
import { ServiceError } from "../../model/errors.ts";
import type { RunSummary } from "../../model/summary.ts";
import { formatMs } from "../../model/units.ts";
import { startTask } from "../own_process.ts";
import { isWithin } from "../../summary/migration/predicted.ts";
import { sayJson } from "../../terminal/command.ts";
import { openTerminal } from "../../terminal/terminal.ts";
import { type Finding, finding, type Findings } from "../finding.ts";
import { findingsText } from "../finding_text.ts";
import { machineFacts } from "../machine.ts";
import { namesOf, partCommand, readPart } from "../options.ts";
import { ratioOf, spread } from "../spread.ts";

/** What `selfbench predict` is to measure. */
interface PredictPlan {
  readonly only: readonly string[];
  readonly rounds: number;
  /** Of baseline and recovery each. */
  readonly seconds: number;
  readonly orders: number;
}

/** A naive form as it was predicted and as it came, ms. */
interface Round {
  readonly predicted: number;
  readonly measured: number;
}

/** So many of all are to be right: 9 of 12. */
const LEAST_SHARE = 9 / 12;
const GOAL = "off by 25 % or 50 ms";

/** `selfbench predict`: makes the naive migrations, and prints what was predicted beside what users saw. */
export async function predictPart(args: readonly string[], config: Config): Promise<void> {
  const known = migrationNames(config.root);
  const title =
    "Make the naive form of each migration that comes with Benchbook, and hold the predicted stall against " +
    "the one that users saw.";
  const task = partCommand("predict", title, {
    rounds: ["runs of each", "number of rounds", 1, 100],
    seconds: ["of baseline and recovery each", "number of seconds", 1, 600],
    orders: ["orders of the data set", "number of orders", 100, 10_000_000],
  }).option("--only <a,b>", `some of them: ${known.join(", ")}`, namesOf(known), known);
  const { json, ...plan } = readPart<PredictPlan>(task, args);
  const terminal = openTerminal({ json });
  const machine = machineFacts(null);
  using folder = temporaryFolder("benchbook-selfbench-predict-");
  const findings: Finding[] = [];
  for (const name of plan.only) {
    const made = await terminal.step(`Migrate ${name} (naive)`, async () => {
      const value = await roundsOf(name, plan, join(folder.path, "predict.duckdb"), config);
      return { value, detail: value.map(roundText).join("; ") };
    });
    findings.push(stallFinding(name, made));
  }
  const result: Findings = {
    part: "predict",
    findings: [...findings, rightOf(findings)],
    notMeasured: [],
    machine,
  };
  terminal.print(`\n${findingsText(result, terminal.width.columns)}`);
  if (json) sayJson(result);
}

/** Turns are taken one after another: each predicts by rates of its own, measured before its load. */
async function roundsOf(
  name: string,
  { rounds, seconds, orders }: PredictPlan,
  db: string,
  config: Config,
): Promise<Round[]> {
  const made: Round[] = [];
  for (let round = 0; round < rounds; round++) {
    const given = ["--scale", "medium", "--orders", `${orders}`, "--duration", `${seconds}s`, "--db", db];
    const child = startTask("migrate.ts", [name, "--variant", "naive", "--no-report", "--json", ...given], {
      BENCHBOOK_HOME: config.home,
    });
    const { stdout, stderr } = await child.output();
    made.push(roundOf(name, new TextDecoder().decode(stdout), new TextDecoder().decode(stderr)));
  }
  return made;
}

function roundOf(name: string, stdout: string, stderr: string): Round {
  const predicted = stdout === "" ? null : (JSON.parse(stdout) as RunSummary).migration?.predicted ?? null;
  if (predicted === null || predicted.stall === null) {
    const said = stderr.trim().split("\n").slice(-3).join("\n  ");
    throw new ServiceError(`Cannot hold the prediction of ${name} against its run: there is none`, said);
  }
  return { predicted: predicted.stall.ms, measured: predicted.stallMs };
}

function roundText({ predicted, measured }: Round): string {
  return `${formatMs(predicted)} predicted, ${formatMs(measured)} measured`;
}

/** Medians are held against each other: a machine is never twice the same. */
function stallFinding(name: string, rounds: readonly Round[]): Finding {
  const [predicted, measured] = [rounds.map((each) => each.predicted), rounds.map((each) => each.measured)];
  const [ours, theirs] = [spread(predicted), spread(measured)];
  return finding({
    what: `predicted stall of ${name}`,
    unit: "ms",
    ours,
    peer: "measured",
    theirs,
    ratio: measured.includes(0) ? null : ratioOf(predicted, measured),
    goal: GOAL,
    reached: isWithin(ours.median, theirs.median),
  });
}

function rightOf(findings: readonly Finding[]): Finding {
  const right = findings.filter(({ reached }) => reached).length;
  return finding({
    what: "stalls that were predicted",
    unit: `of ${findings.length}`,
    ours: spread([right]),
    goal: "9 of 12",
    reached: right >= LEAST_SHARE * findings.length,
  });
}
