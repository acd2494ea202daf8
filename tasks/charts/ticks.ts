import * as Plot from "@observablehq/plot";
import { formatMs } from "../model/units.ts";
import { largest, least } from "./extremes.ts";

/** Milliseconds on an axis: `0.5 ms`, `20 ms`, `1.5 s`. */
export const msTick = formatMs;

/**
 * Ticks for a log axis over these values: the fullest of 1-2-5, 1-3 and powers of ten that stays
 * within `most`. D3's own choice labels powers of ten only, which on one decade is one label.
 */
export function logTicks(values: readonly (number | null)[], most = 7): number[] {
  const positive = values.filter((value): value is number => value !== null && value > 0);
  if (positive.length === 0) return [1];
  const [low, high] = [least(positive), largest(positive)];
  const from = Math.floor(Math.log10(low));
  const to = Math.ceil(Math.log10(high));
  const decades = Array.from({ length: to - from + 1 }, (_, index) => from + index);
  const inside = (digits: readonly number[], step = 1) =>
    decades.filter((decade) => decade % step === 0).flatMap((decade) =>
      digits.map((digit) => Number((digit * 10 ** decade).toPrecision(1)))
    ).filter((tick) => tick >= low * 0.999 && tick <= high * 1.001);
  const choices = [inside([1, 2, 5]), inside([1, 3]), inside([1]), inside([1], 2)];
  return choices.find((ticks) => ticks.length <= most) ?? choices[3]!;
}

/** Round numbers at even steps of 1, 2 or 5: two to five of them, where a log axis spans too little for ticks of its own. */
export function evenTicks(low: number, high: number): number[] {
  const inside = (step: number) => {
    const first = Math.ceil(low / step - 1e-9);
    const last = Math.floor(high / step + 1e-9);
    return Array.from(
      { length: last - first + 1 },
      (_, nth) => Number(((first + nth) * step).toPrecision(12)),
    );
  };
  const decade = Math.floor(Math.log10(high - low));
  const steps = [decade - 1, decade].flatMap((power) => [1, 2, 5].map((digit) => digit * 10 ** power));
  return steps.filter((step) => (high - low) / step < 6).map(inside).find(({ length }) => length <= 5)!;
}

/**
 * Grid and axis at these ticks, each with its label. Axes of our own rather than the scale's options,
 * because D3's log scales drop most labels even of ticks that were asked for.
 */
export function logAxis(
  axis: "x" | "y",
  ticks: readonly number[],
  { label, format = msTick, labelAnchor }: {
    label: string | null;
    format?: (value: number) => string;
    labelAnchor?: "center";
  },
): Plot.Markish[] {
  const text = (value: number) => format(value);
  return axis === "x"
    ? [
      Plot.gridX(ticks),
      Plot.axisX(ticks, {
        text,
        label,
        labelOffset: 36,
        // One axis at the foot: a facet without data has none of its own in mid-air.
        facetAnchor: "bottom",
        ...(labelAnchor && { labelAnchor }),
      }),
    ]
    : [Plot.gridY(ticks), Plot.axisY(ticks, { text, label })];
}

/** Ticks from 0 for bytes, at whole binary units rather than at round decimal numbers of bytes. */
export function byteTicks(top: number, most = 4): number[] {
  let step = 1;
  while (top / step > most) step *= 2;
  return Array.from({ length: Math.floor(top / step) + 1 }, (_, index) => index * step);
}
