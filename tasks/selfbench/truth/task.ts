import type { Config } from "../../config.ts";
import { formatShare } from "../../model/units.ts";
import { command, say } from "../../terminal/command.ts";
import { type Column, formatTable } from "../../terminal/table.ts";
import { count } from "../options.ts";
import { NOISES, type Power, powerOf } from "./power.ts";

/** Of single requests within a block: a quiet machine's, and a usual one's. */
const SPREADS = [0.2, 0.3];

const COLUMNS: readonly Column[] = [
  { title: "default minute, simulated", align: "left" },
  { title: "spread", align: "right" },
  { title: "+10 % median", align: "right" },
  { title: "+5 % median", align: "right" },
  { title: "+5 % all", align: "right" },
  { title: "false verdict", align: "right" },
];

/** `selfbench truth`: simulates and prints. @throws {UsageError} for a command line that cannot be meant */
export function truthPart(args: readonly string[], _config: Config): Promise<void> {
  const task = command(
    "selfbench truth",
    "Simulate default runs whose truth is known: how often a change is found, and how often one is that is none.",
  )
    .option("--runs <n>", "simulated runs a row", count("number of runs", 10, 100_000), 1500)
    .parse([...args], { from: "user" });
  const { runs } = task.opts<{ runs: number }>();
  const rows = SPREADS.flatMap((spread) =>
    NOISES.map((noise) => powerRow(noise.title, spread, powerOf(noise, spread, runs)))
  );
  say(`Of ${runs} runs each, an operation of 15 % of the mix or all of them 5 or 10 % slower:\n`);
  say(formatTable(COLUMNS, rows));
  return Promise.resolve();
}

function powerRow(title: string, spread: number, power: Power): string[] {
  const shares = [power.median10, power.median5, power.all5, power.wrong];
  return [title, formatShare(spread), ...shares.map((share) => formatShare(share))];
}
