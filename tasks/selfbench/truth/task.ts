import type { Config } from "../../config.ts";
import { formatShare } from "../../model/units.ts";
import { command, say } from "../../terminal/command.ts";
import { type Column, formatTable } from "../../terminal/table.ts";
import { quantileName } from "../../summary/estimate.ts";
import { count } from "../options.ts";
import { type Coverage, COVERAGE_CELLS, coverageOf, type Share } from "./coverage.ts";
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

const COVERAGE_COLUMNS: readonly Column[] = [
  { title: "noise of blocks", align: "left" },
  { title: "blocks", align: "right" },
  { title: "requests each", align: "right" },
  { title: "quantile", align: "right" },
  { title: "interval holds it", align: "right" },
  { title: "no upper end", align: "right" },
  { title: "requests taken as independent", align: "right" },
];

/** `selfbench truth`: simulates and prints. @throws {UsageError} for a command line that cannot be meant */
export function truthPart(args: readonly string[], _config: Config): Promise<void> {
  const task = command(
    "selfbench truth",
    "Simulate runs whose truth is known: how often a change is found, how often one is seen where there is none, and " +
      "how often an interval holds the truth.",
  )
    .option("--runs <n>", "simulated runs a row", count("number of runs", 10, 100_000), 1500)
    .parse([...args], { from: "user" });
  const { runs } = task.opts<{ runs: number }>();
  const rows = SPREADS.flatMap((spread) =>
    NOISES.map((noise) => powerRow(noise.title, spread, powerOf(noise, spread, runs)))
  );
  say(`Of ${runs} runs each, an operation of 15 % of the mix or all of them 5 or 10 % slower:\n`);
  say(formatTable(COLUMNS, rows));
  say(`\nOf ${runs} runs each: how often a 95 % interval holds the true quantile:\n`);
  say(formatTable(COVERAGE_COLUMNS, COVERAGE_CELLS.map((cell) => coverageRow(coverageOf(cell, runs)))));
  return Promise.resolve();
}

function powerRow(title: string, spread: number, power: Power): string[] {
  const shares = [power.median10, power.median5, power.all5, power.wrong];
  return [title, formatShare(spread), ...shares.map((share) => formatShare(share))];
}

function coverageRow({ cell, ours, independent, open }: Coverage): string[] {
  const { title, blocks, requests, level } = cell;
  return [
    title,
    String(blocks),
    String(requests),
    quantileName(level),
    shareText(ours),
    formatShare(open),
    shareText(independent),
  ];
}

function shareText({ share, low, high }: Share): string {
  const percent = (value: number) => (100 * value).toFixed(1);
  return `${percent(share)} % (${percent(low)}–${percent(high)})`;
}
