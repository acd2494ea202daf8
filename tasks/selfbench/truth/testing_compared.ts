import assert from "node:assert/strict";
import { confirmingOf } from "./confirming.ts";
import type { Share } from "./coverage.ts";
import { decidingOf } from "./deciding.ts";
import { planningOf } from "./planning.ts";
import { COMPARED_NOISES } from "./power.ts";
import { RUN_NOISES, SERIES_PLANS, seriesTruth } from "./series.ts";

/** As far as so many runs can tell: by the share's own interval. */
function atMost({ low, share }: Share, goal: number, what: string): void {
  assert.ok(low <= goal, `${what}: ${share}`);
}

function atLeast({ high, share }: Share, goal: number, what: string): void {
  assert.ok(high >= goal, `${what}: ${share}`);
}

/** Hardly a twin is confirmed to be slower, and a slower operation is. */
export function exerciseConfirming(runs: number): void {
  for (const noise of COMPARED_NOISES) {
    const { wrong, time, found } = confirmingOf(noise, runs);
    atMost(wrong, 0.01, `confirmed under ${noise.title}`);
    assert.ok(time.most <= 2);
    if (noise.noise <= 0.03) atLeast(found, 0.8, `+10 % under ${noise.title}`);
  }
}

/** Nine of ten runs find what they were planned for. */
export function exercisePlanning(runs: number): void {
  for (const noise of COMPARED_NOISES) {
    const { seconds, found } = planningOf(noise, runs);
    assert.ok(seconds > 60 && seconds < 1800, `${seconds} s under ${noise.title}`);
    atLeast(found, 0.9, `planned for under ${noise.title}`);
  }
}

/** Looks do not make more false verdicts, and a large change ends a run in less than half its time. */
export function exerciseDeciding(runs: number): void {
  for (const noise of COMPARED_NOISES) {
    const { wrong, same, length, held } = decidingOf(noise, runs);
    atMost(wrong, 0.05, `false verdicts under ${noise.title}`);
    atMost(same, 0.05, `called equivalent under ${noise.title}`);
    assert.ok(length <= 0.5, `${length} of the plan under ${noise.title}`);
    // For each noise by itself: all are drawn from the same seeds, so together they tell no more than one.
    atLeast(held, 0.95, `intervals that hold the truth under ${noise.title}`);
  }
}

/** Runs of the same version are hardly ever told apart, and one 10 % slower in all is where runs are alike. */
export function exerciseSeries(comparisons: number): void {
  for (const noise of RUN_NOISES) {
    for (const plan of SERIES_PLANS) {
      const { wrong, same, foundAll } = seriesTruth(noise, plan, comparisons);
      const what = `${plan.title}, ${noise.title}`;
      atMost(wrong, 17 / 200, `false verdicts of ${what}`);
      atMost(same, 0.05, `called equivalent of ${what}`);
      if (noise.run === 0) atLeast(foundAll, 0.9, `+10 % of ${what}`);
    }
  }
}
