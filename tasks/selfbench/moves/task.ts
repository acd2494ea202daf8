import { join } from "node:path";
import type { Config } from "../../config.ts";
import { temporaryFolder } from "../../files/temporary.ts";
import type { RunSummary } from "../../model/summary.ts";
import { interruptSignal } from "../../pipeline/interrupt.ts";
import { prepareHome } from "../../stack/places.ts";
import { sayJson } from "../../terminal/command.ts";
import { count } from "../../terminal/count.ts";
import { openTerminal, type Terminal } from "../../terminal/terminal.ts";
import type { Finding, Findings } from "../finding.ts";
import { findingsText } from "../finding_text.ts";
import { machineFacts } from "../machine.ts";
import { namesOf, partCommand, readPart } from "../options.ts";
import { makeMove } from "./make_move.ts";
import { movesFound, movesTable, moveText, racesFound } from "./moves_found.ts";
import { makeRaces } from "./races.ts";

const TOPICS = ["moves", "and-back", "races"] as const;
const RATE = 500;

/** What `selfbench moves` is to measure. */
interface MovesPlan {
  readonly only: readonly string[];
  readonly runs: number;
  readonly races: number;
  /** Of each move's baseline and recovery. */
  readonly seconds: number;
  readonly scale: string;
  readonly rate: number;
}

/** `selfbench moves`: moves to another server again and again, and counts what is not as it should be. */
export async function movesPart(args: readonly string[], config: Config): Promise<void> {
  const title =
    "Move a loaded database to a new server again and again, also there and back, and have clients race with the switch " +
    "that hear nothing of it.";
  const task = partCommand("moves", title, {
    runs: ["moves, and moves there and back", "number of runs", 1, 1000],
    races: ["races of either kind", "number of races", 1, 10_000],
    seconds: ["of a move's baseline and recovery each", "number of seconds", 1, 600],
  })
    .option("--only <a,b>", `some of it: ${TOPICS.join(", ")}`, namesOf(TOPICS), TOPICS)
    .option("--scale <scale>", "how much moves: tiny, small, medium or full", "small")
    .option("--rate <n>", "requests a second", count("rate", 1, 100_000), RATE);
  const { json, ...plan } = readPart<MovesPlan>(task, args);
  const terminal = openTerminal({ json });
  const machine = machineFacts(null);
  prepareHome(config.home);
  using interrupt = interruptSignal(config.home);
  const findings: Finding[] = [];
  for (const topic of TOPICS.filter((topic) => plan.only.includes(topic))) {
    findings.push(
      ...topic === "races"
        ? await races(plan, config, terminal, interrupt.signal)
        : await moves(plan, topic === "and-back", config, terminal, interrupt.signal),
    );
  }
  const notMeasured = TOPICS.filter((topic) => !plan.only.includes(topic))
    .map((topic) => `${topic} (left out by --only).`);
  const result: Findings = { part: "moves", findings, notMeasured, machine };
  terminal.print(`\n${findingsText(result, terminal.width.columns)}`);
  if (json) sayJson(result);
}

async function moves(
  { runs, ...asked }: MovesPlan,
  andBack: boolean,
  { home }: Config,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Finding[]> {
  using folder = temporaryFolder("benchbook-selfbench-moves-");
  const db = join(folder.path, "moves.duckdb");
  const kind = andBack ? "moves there and back" : "moves";
  const made: RunSummary[] = [];
  const ended: string[] = [];
  for (let nth = 1; nth <= runs; nth++) {
    await terminal.step(`${andBack ? "Move there and back" : "Move"}: ${nth} of ${runs}`, async () => {
      const move = await makeMove({ ...asked, andBack }, { home, db, signal });
      if (typeof move === "string") ended.push(move);
      else made.push(move);
      return { value: null, detail: typeof move === "string" ? move : moveText(move) };
    });
  }
  terminal.print(`\n${movesTable(made, terminal.width.columns)}\n`);
  return movesFound(kind, made, ended);
}

async function races(
  { races }: MovesPlan,
  { home }: Config,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<Finding[]> {
  const made = await terminal.step("Race with the switch", async (progress) => {
    const value = await makeRaces({
      home,
      races,
      signal,
      onRace: (made) => progress(`${made.length} of ${2 * races}`),
    });
    const sum = (of: (typeof value)[number]["acknowledged"][]) => of.reduce((a, b) => a + b, 0);
    return {
      value,
      detail: `${sum(value.map(({ acknowledged }) => acknowledged))} writes acknowledged, ${
        sum(value.map(({ refused }) => refused))
      } refused`,
    };
  });
  return racesFound(made);
}
