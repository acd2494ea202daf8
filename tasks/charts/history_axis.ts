import * as Plot from "@observablehq/plot";
import type { HistoryRun, HistoryStretch } from "../model/history.ts";
import { isoMinutes } from "../model/units.ts";
import { MUTED } from "./palette.ts";

/** Room between two stretches, in runs. */
const GAP = 1.5;
/** Labels of dates need so much of the axis each. */
const MOST_LABELS = 6;

/**
 * Runs one beside the other in order of time, stretch by stretch. By time itself, the runs of one hour would lie upon each
 * other, and the week after them be empty.
 */
export class HistoryAxis {
  /** The oldest first. */
  readonly stretches: readonly HistoryStretch[];
  readonly #starts: readonly number[];

  /** @param newestFirst as a history has them */
  constructor(newestFirst: readonly HistoryStretch[]) {
    this.stretches = newestFirst.toReversed();
    let next = 0;
    this.#starts = this.stretches.map(({ runs }) => {
      const start = next;
      next += runs.length - 1 + GAP + 1;
      return start;
    });
  }

  /** Where a run stands. */
  place(stretch: number, index: number): number {
    return this.#starts[stretch]! + index;
  }

  /** What all drawings have as their x. */
  scale(label: string | null) {
    const last = this.stretches.length - 1;
    const end = last < 0 ? 0 : this.place(last, this.stretches[last]!.runs.length - 1);
    return { domain: [-0.6, end + 0.6], axis: null, label };
  }

  /** A rule and a shade where the fingerprint changed, with a word above them where there is room for it. */
  breaks(named: boolean): Plot.Markish[] {
    const gaps = this.#starts.slice(1).map((start) => ({ x1: start - GAP - 0.4, x2: start - 0.6 }));
    const middles = gaps.map(({ x1, x2 }) => (x1 + x2) / 2);
    return [
      Plot.rect(gaps, { x1: "x1", x2: "x2", fill: MUTED, fillOpacity: 0.12 }),
      Plot.ruleX(middles, { stroke: MUTED, strokeWidth: 1.5, strokeDasharray: "1 3" }),
      Plot.text(named ? middles : [], {
        x: (middle: number) => middle,
        text: () => "break",
        frameAnchor: "top",
        dy: -12,
        fill: "currentColor",
      }),
    ];
  }

  /** Dates below the lowest drawing. */
  labels(): Plot.Markish[] {
    const all = this.stretches.flatMap(({ runs }, stretch) =>
      runs.map((run, index) => ({ run, x: this.place(stretch, index) }))
    );
    const step = Math.ceil(all.length / MOST_LABELS);
    // Counted from the newest, which people look for.
    const shown = all.filter((_, at) => (all.length - 1 - at) % step === 0);
    const text = new Map(shown.map(({ x, run }) => [x, dateText(run)]));
    return [Plot.axisX(shown.map(({ x }) => x), {
      text: (x: number) => text.get(x)!,
      label: "runs in order of time, between breaks (UTC) →",
      labelOffset: 46,
      lineHeight: 1.1,
    })];
  }
}

function dateText({ startedAt }: HistoryRun): string {
  return isoMinutes(startedAt).replace(" ", "\n");
}
