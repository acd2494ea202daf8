import { formatShare, quantileName, withDecimals } from "../../model/units.ts";
import type { TextColumn } from "../../terminal/table.ts";
import { type Coverage, type Share, shareOf } from "./coverage.ts";
import type { Power } from "./power.ts";
import type { Steadiness } from "./steadiness.ts";

/** Bounds of what is wanted of a share, 0 to 1. */
export interface Goal {
  readonly from: number;
  readonly to: number;
}

const FOUND: Goal = { from: 0.8, to: 1 };
/** Of false verdicts. */
export const FALSE: Goal = { from: 0, to: 0.05 };
const HOLDS: Goal = { from: 0.93, to: 0.97 };
/** An interval without an upper end errs at its lower one alone. */
const HALF_OPEN: Goal = { from: 0.93, to: 0.99 };

/** A column of words. */
export const left = (title: string): TextColumn => ({ title, align: "left" });
/** A column of numbers. */
export const right = (title: string): TextColumn => ({ title, align: "right" });

export const POWER_COLUMNS: readonly TextColumn[] = [
  left("default minute"),
  right("spread"),
  right("+10 % median"),
  right("+5 % median"),
  right("+5 % all"),
  right("false verdict"),
  right("false equal"),
];

export const COVERAGE_COLUMNS: readonly TextColumn[] = [
  left("noise of blocks"),
  right("blocks"),
  right("requests"),
  right("quantile"),
  right("holds it"),
  right("open"),
  right("independent"),
];

export const STEADY_COLUMNS: readonly TextColumn[] = [
  left("series"),
  right("bins"),
  right("noise"),
  right("AR"),
  right("false alarm"),
  right("+20 % found"),
  right("noise known"),
];

/** What is wanted of intervals: most of some cells have no upper end. */
export function coverageGoal({ open }: Coverage): Goal {
  return open > 0.5 ? HALF_OPEN : HOLDS;
}

/** Whether a share may lie within the goal: as far as its own interval tells. */
export function met({ low, high }: Share, { from, to }: Goal): boolean {
  return high >= from && low <= to;
}

/** A share with whether it meets its goal: `94.5 % ✓`. */
export function judged(share: Share, goal: Goal): string {
  return `${percent(share.share)} ${met(share, goal) ? "✓" : "✗"}`;
}

/** `94.5 %`. */
export function percent(share: number): string {
  return `${withDecimals(100 * share, 1)} %`;
}

/** @param runs that the shares are of */
export function powerRow(title: string, spread: string, power: Power, runs: number): string[] {
  const share = (value: number) => shareOf(Math.round(value * runs), runs);
  return [
    title,
    spread,
    judged(share(power.median10), FOUND),
    percent(power.median5),
    judged(share(power.all5), FOUND),
    judged(share(power.wrong), FALSE),
    judged(share(power.same), FALSE),
  ];
}

export function coverageRow(coverage: Coverage): string[] {
  const { cell, ours, independent, open } = coverage;
  const { title, blocks, requests, level } = cell;
  return [
    title,
    String(blocks),
    String(requests),
    quantileName(level),
    judged(ours, coverageGoal(coverage)),
    percent(open),
    percent(independent.share),
  ];
}

export function steadyRow({ cell, falseAlarm, step, oracle }: Steadiness): string[] {
  const { title, bins, noise, memory } = cell;
  // What nobody can find is no failure.
  const found = met(oracle, FOUND) ? judged(step, FOUND) : `${percent(step.share)} –`;
  return [
    title,
    String(bins),
    formatShare(noise),
    String(memory),
    judged(falseAlarm, FALSE),
    found,
    percent(oracle.share),
  ];
}
