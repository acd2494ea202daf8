import type { Config } from "../../config.ts";
import { UsageError } from "../../model/errors.ts";
import { counted, formatShare } from "../../model/units.ts";
import { storeFile } from "../../pipeline/store_file.ts";
import { openStore } from "../../store/open.ts";
import { command, dbOption, say } from "../../terminal/command.ts";
import { formatTable } from "../../terminal/table.ts";
import { count } from "../../terminal/count.ts";
import { SIZES } from "../sizes.ts";
import { COVERAGE_CELLS, coverageOf } from "./coverage.ts";
import { NOISES, powerOf } from "./power.ts";
import { type RecordedArm, recordedArms, recordedCoverage, recordedPower } from "./recorded.ts";
import { steadinessOf, STEADY_CELLS } from "./steadiness.ts";
import {
  COVERAGE_COLUMNS,
  coverageRow,
  POWER_COLUMNS,
  powerRow,
  STEADY_COLUMNS,
  steadyRow,
} from "./truth_rows.ts";

/** Of single requests within a block: a quiet machine's, and a usual one's. */
const SPREADS = [0.2, 0.3];
const LEVELS = [0.5, 0.95, 0.99];

/** `selfbench truth`: simulates and prints. @throws {UsageError} for a command line that cannot be meant */
export async function truthPart(args: readonly string[], config: Config): Promise<void> {
  const task = command(
    "selfbench truth",
    "Simulate runs whose truth is known: how often a change is found, or one that is none, and intervals hold it. " +
      "With --db also of the blocks of recorded default runs.",
  )
    .option("--runs <n>", "simulated runs a row", count("number of runs", 10, 100_000), SIZES.truth.runs.real)
    .addOption(dbOption())
    .parse([...args], { from: "user" });
  const { runs, db } = task.opts<{ runs: number; db?: string }>();
  const recorded = db === undefined ? [] : await readRecorded(storeFile(config, db));
  say("✓: the goal is met, as far as so many runs can tell; ✗: it is not.");
  say(
    `\nOf ${runs} runs each, an operation of 15 % of the mix or all of them 5 or 10 % slower. Goals: 80 % found, and 5 % ` +
      "false verdicts at most, and calls of equal where 5 %, the margin, lie between:\n",
  );
  const simulated = SPREADS.flatMap((spread) =>
    NOISES.map((noise) => powerRow(noise.title, formatShare(spread), powerOf(noise, spread, runs), runs))
  );
  const redrawn = recorded.length === 0
    ? []
    : [powerRow("recorded runs", "", recordedPower(recorded, runs), runs)];
  say(formatTable(POWER_COLUMNS, [...simulated, ...redrawn]));
  say(
    `\nOf ${runs} runs each: how often a 95 % interval holds the true quantile (goal: 93 to 97 %), has no upper end, and ` +
      "would hold it if requests were taken as independent:\n",
  );
  const covered = [
    ...COVERAGE_CELLS.map((cell) => coverageOf(cell, runs)),
    ...(recorded.length === 0 ? [] : LEVELS.map((level) => recordedCoverage(recorded, level, runs))),
  ];
  say(formatTable(COVERAGE_COLUMNS, covered.map(coverageRow)));
  say(
    `\nOf ${runs} arms each: how often one that stays as it is is said to change (goal: 5 % at most), and one found that ` +
      "takes 20 % longer from two fifths of its time on (goal: 80 %). The last column is by one who knows the noise, " +
      "and only not the moment: where that is below 80 % (–), nobody could reach the goal:\n",
  );
  say(formatTable(STEADY_COLUMNS, STEADY_CELLS.map((cell) => steadyRow(steadinessOf(cell, runs)))));
}

/** @throws {UsageError} for a store without a recorded default run */
async function readRecorded(file: string): Promise<RecordedArm[]> {
  const store = await openStore(file, { mode: "read" });
  try {
    const arms = await recordedArms(store);
    if (arms.length === 0) {
      throw new UsageError(
        `Cannot redraw recorded runs, as the store must hold complete ones of access-paths: ${file} has none`,
        "Make some first: deno task bench.",
      );
    }
    const runs = new Set(arms.map(({ runId }) => runId)).size;
    const blocks = arms.reduce((sum, { blocks }) => sum + blocks.length, 0);
    say(
      `Recorded: ${counted(runs, "default run")}, ${counted(arms.length, "arm")}, ${
        counted(blocks, "block")
      }.`,
    );
    return arms;
  } finally {
    store.close();
  }
}
