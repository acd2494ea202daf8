import { counted, formatShare } from "../../model/units.ts";
import type { TextColumn } from "../../terminal/table.ts";
import {
  CONFIRM_COLUMNS,
  confirmRow,
  DECIDE_COLUMNS,
  decideRows,
  PLAN_COLUMNS,
  planRow,
  SERIES_COLUMNS,
  seriesRow,
} from "./compared_rows.ts";
import { confirmingOf } from "./confirming.ts";
import { COVERAGE_CELLS, coverageOf } from "./coverage.ts";
import { decidingOf } from "./deciding.ts";
import { planningOf } from "./planning.ts";
import { COMPARED_NOISES, NOISES, powerOf } from "./power.ts";
import { type RecordedArm, recordedCoverage, recordedPower } from "./recorded.ts";
import { RUN_NOISES, SERIES_PLANS, seriesTruth } from "./series.ts";
import { steadinessOf, STEADY_CELLS } from "./steadiness.ts";
import {
  COVERAGE_COLUMNS,
  coverageRow,
  POWER_COLUMNS,
  powerRow,
  STEADY_COLUMNS,
  steadyRow,
} from "./truth_rows.ts";

/** How much is simulated. */
export interface TruthSize {
  /** Runs of a row. */
  readonly runs: number;
  /** Comparisons of a row, each of several runs or of long ones. */
  readonly comparisons: number;
  /** Arms of recorded runs that are redrawn as well; may be none. */
  readonly recorded: readonly RecordedArm[];
}

/** What is shown of one question. */
export interface TruthTable {
  /** What the rows are, and the goals. */
  readonly text: string;
  readonly columns: readonly TextColumn[];
  readonly rows: readonly (readonly string[])[];
}

/** Of single requests within a block: a quiet machine's, and a usual one's. */
const SPREADS = [0.2, 0.3];
const LEVELS = [0.5, 0.95, 0.99];

/** The tables by name, in the order in which they are shown. */
export const TABLES: Readonly<Record<string, (size: TruthSize) => TruthTable>> = {
  power: ({ runs, recorded }) => ({
    text:
      `Of ${runs} runs each, an operation of 15 % of the mix or all of them 5 or 10 % slower. Goals: 80 % found, and 5 % ` +
      "false verdicts at most, and calls of equal where 5 %, the margin, lie between:",
    columns: POWER_COLUMNS,
    rows: [
      ...SPREADS.flatMap((spread) =>
        NOISES.map((noise) => powerRow(noise.title, formatShare(spread), powerOf(noise, spread, runs), runs))
      ),
      ...recorded.length === 0 ? [] : [powerRow("recorded runs", "", recordedPower(recorded, runs), runs)],
    ],
  }),
  coverage: ({ runs, recorded }) => ({
    text:
      `Of ${runs} runs each: how often a 95 % interval holds the true quantile (goal: 93 to 97 %), has no upper end, and ` +
      "would hold it if requests were taken as independent:",
    columns: COVERAGE_COLUMNS,
    rows: [
      ...COVERAGE_CELLS.map((cell) => coverageOf(cell, runs)),
      ...recorded.length === 0 ? [] : LEVELS.map((level) => recordedCoverage(recorded, level, runs)),
    ].map(coverageRow),
  }),
  steadiness: ({ runs }) => ({
    text:
      `Of ${runs} arms each: how often one that stays as it is is said to change (goal: 5 % at most), and one found that ` +
      "takes 20 % longer from two fifths of its time on (goal: 80 %). The last column is by one who knows the noise, " +
      "and only not the moment: where that is below 80 % (–), nobody could reach the goal:",
    columns: STEADY_COLUMNS,
    rows: STEADY_CELLS.map((cell) => steadyRow(steadinessOf(cell, runs))),
  }),
  compare: ({ comparisons }) => ({
    text:
      `Of ${
        counted(comparisons, "comparison")
      } of runs each, as compare makes them: of the same version (goal: fewer than 9 % with ` +
      "any verdict of being faster or slower), 5 % slower, the margin (goal: at most 5 % called equivalent), and 10 % " +
      "slower in an operation of 15 % of the mix or in all:",
    columns: SERIES_COLUMNS,
    rows: RUN_NOISES.flatMap((noise) =>
      SERIES_PLANS.map((plan) => seriesRow(seriesTruth(noise, plan, comparisons)))
    ),
  }),
  confirm: ({ comparisons }) => ({
    text:
      `Of ${
        counted(comparisons, "run")
      } of two arms each, measured again where something looks slower, as --confirm does: of twins ` +
      "(goal: at most 1 % confirmed, in at most twice the time), and with an operation of 15 % of the mix 10 % slower:",
    columns: CONFIRM_COLUMNS,
    rows: COMPARED_NOISES.map((noise) => confirmRow(confirmingOf(noise, comparisons))),
  }),
  plan: ({ comparisons }) => ({
    text:
      `Of ${
        counted(comparisons, "default minute")
      } each, the length that --plan-for 5% takes from it, and how often a run of that ` +
      "length finds 5 % in the operation that takes longest (goal: 90 %):",
    columns: PLAN_COLUMNS,
    rows: COMPARED_NOISES.map((noise) => planRow(planningOf(noise, comparisons))),
  }),
  decide: ({ runs }) => ({
    text:
      `Of ${runs} runs of two arms, ended when they know, as --until-decided 5% does: of twins (goal: at most 5 % with a ` +
      "verdict of being faster or slower), of arms 5 % slower, the margin (goal: at most 5 % called equivalent), and how " +
      "long it takes where all operations are 20 % slower, as a share of the length of --plan-for 5% (goal: half):",
    columns: DECIDE_COLUMNS,
    rows: decideRows(
      COMPARED_NOISES.map((noise) => decidingOf(noise, Math.ceil(runs / COMPARED_NOISES.length))),
    ),
  }),
};
