import { counted } from "../../model/units.ts";
import type { Compared } from "./compare_material.ts";
import type { Section } from "./section.ts";

interface MethodView {
  readonly method: readonly string[];
  readonly command: string;
}

/** How it was computed, and how to have it again. */
export const COMPARE_METHOD: Section<MethodView, Compared> = {
  title: "Method and how to reproduce",
  figures: [],
  template: "sections/compare_method",
  view: ({ comparison: { base, candidate, noise } }) => ({
    method: [
      "Response times of an operation over an arm are the medians of stretches of 8 neighbouring requests, and p95 of " +
      "stretches of 40, as logarithms. What was never served counts as long as the time limit.",
      base.runs.length >= 5 && candidate.runs.length >= 5
        ? "The interval of a ratio is that of a hierarchical bootstrap, which draws runs and then their stretches (Kalibera " +
          "and Jones 2013); its p is Welch's, over the means of runs."
        : noise.from === null
        ? "Intervals know only what both sides themselves varied by: no five runs of one version tell how much runs differ."
        : `The interval of a ratio follows from the noise floor of ${counted(noise.runs, "run")}.`,
      "The risk of any false verdict is 5 %: 1 % for all operations together, 1 % for the arms, 2 % for medians and 1 % " +
      "for p95, each divided by Holm's method. Equivalent: within ±5 % by two one-sided tests.",
    ],
    command: `deno task compare ${base.id} ${candidate.id}`,
  }),
};
