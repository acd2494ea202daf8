import { formatSeconds, withDecimals } from "../../model/units.ts";
import type { TextColumn } from "../../terminal/table.ts";
import type { Confirming } from "./confirming.ts";
import { shareOf } from "./coverage.ts";
import type { Deciding } from "./deciding.ts";
import type { Planning } from "./planning.ts";
import type { SeriesTruth } from "./series.ts";
import { FALSE, type Goal, judged, left, percent, right } from "./truth_rows.ts";

/** Fewer than 18 of 200 comparisons of the same version. */
const FEW_FALSE: Goal = { from: 0, to: 17 / 200 };
const CONFIRMED_FALSE: Goal = { from: 0, to: 0.01 };
const PLANNED: Goal = { from: 0.9, to: 1 };
const HALF: Goal = { from: 0.5, to: 1 };
const COVERED: Goal = { from: 0.95, to: 1 };

export const SERIES_COLUMNS: readonly TextColumn[] = [
  left("noise"),
  left("runs"),
  right("false verdict"),
  right("false equal"),
  right("+10 % median"),
  right("+10 % all"),
];

export const CONFIRM_COLUMNS: readonly TextColumn[] = [
  left("noise of blocks"),
  right("looked slower"),
  right("confirmed"),
  right("time"),
  right("+10 % median confirmed"),
];

export const PLAN_COLUMNS: readonly TextColumn[] = [
  left("noise of blocks"),
  right("planned length"),
  right("+5 % found"),
];

export const DECIDE_COLUMNS: readonly TextColumn[] = [
  left("noise of blocks"),
  right("false verdict"),
  right("false equal"),
  right("fixed plan"),
  right("+20 % decided after"),
  right("within half"),
  right("interval holds"),
];

export function seriesRow({ noise, plan, wrong, same, found, foundAll }: SeriesTruth): string[] {
  return [
    noise.title,
    plan.title,
    judged(wrong, FEW_FALSE),
    judged(same, FALSE),
    percent(found.share),
    percent(foundAll.share),
  ];
}

export function confirmRow({ noise, looked, wrong, time, found }: Confirming): string[] {
  return [
    noise.title,
    percent(looked.share),
    judged(wrong, CONFIRMED_FALSE),
    `${withDecimals(time.mean, 2)}× ${time.most <= 2 ? "✓" : "✗"}`,
    percent(found.share),
  ];
}

export function planRow({ noise, seconds, found }: Planning): string[] {
  return [noise.title, formatSeconds(Math.round(seconds)), judged(found, PLANNED)];
}

/** A row each, and where there are several one of all of them. */
export function decideRows(found: readonly Deciding[]): string[][] {
  const rows = found.map(({ noise, wrong, same, planSeconds, length, decided, held }) => [
    noise.title,
    judged(wrong, FALSE),
    judged(same, FALSE),
    formatSeconds(Math.round(planSeconds)),
    `${percent(length)} ${length <= 0.5 ? "✓" : "✗"}`,
    judged(decided, HALF),
    judged(held, COVERED),
  ]);
  const runs = found.reduce((sum, each) => sum + each.runs, 0);
  const all = (which: "wrong" | "same") =>
    shareOf(Math.round(found.reduce((sum, each) => sum + each[which].share * each.runs, 0)), runs);
  return [...rows, [
    `all ${runs} runs`,
    judged(all("wrong"), FALSE),
    judged(all("same"), FALSE),
    "",
    "",
    "",
    "",
  ]];
}
