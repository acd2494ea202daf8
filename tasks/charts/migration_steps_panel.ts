import * as Plot from "@observablehq/plot";
import { formatSeconds } from "../model/units.ts";
import { largest, least } from "./extremes.ts";
import { type Frame, panel, secondsOf, STEP_STYLES } from "./migration_frame.ts";
import type { StepSpan } from "./migration_rows.ts";
import { PAPER } from "./palette.ts";

/** A row a step, with the time in which its statements ran and waited. */
export function stepsPanel(frame: Frame): string {
  const { run, scales, end } = frame;
  const rows = [...Map.groupBy(run.steps, ({ step }) => step)];
  const place = new Map(rows.map(([step], index) => [step, index]));
  const until = ({ endUs }: StepSpan) => (endUs ?? end * 1e6) / 1e6;
  const at = (step: number) => ({ y1: place.get(step)! + 0.18, y2: place.get(step)! + 0.82 });
  const bars = run.steps.map((span) => ({
    ...span,
    ...at(span.step),
    from: span.startUs / 1e6,
    to: until(span),
  }));
  const waited = run.waits.filter(({ role }) => role === "migration").flatMap(({ atUs, waitedUs }) => {
    const span = run.steps.findLast(({ startUs }) => startUs <= atUs + 1000);
    return span === undefined ? [] : [{ ...at(span.step), from: atUs / 1e6, to: (atUs + waitedUs) / 1e6 }];
  });
  const box = { x1: "from", x2: "to", y1: "y1", y2: "y2" };
  const named = rows.map(([step, own]) => nameOf(step, own, frame));
  return panel(frame, {
    name: "steps",
    title: "Steps of the migration",
    height: 18 * scales.steps,
    y: { domain: [scales.steps, 0], axis: null },
    marks: [
      Plot.rect(bars, {
        ...box,
        fill: STEP_STYLES[0]![1].colour,
        stroke: "currentColor",
        strokeWidth: 0.7,
        title: ({ step, statement, from, to, errorCode }: typeof bars[number]) =>
          `step ${step}, statement ${statement}: ${formatSeconds(to - from)}${
            errorCode === null ? "" : `, failed with ${errorCode}`
          }`,
      }),
      Plot.rect(waited, { ...box, fill: "currentColor" }),
      ...named.map(({ text, x, isAfter, step }) =>
        Plot.text([text], {
          x: [x],
          y: [place.get(step)! + 0.5],
          textAnchor: isAfter ? "start" : "end",
          dx: isAfter ? 5 : -5,
          fill: "currentColor",
          stroke: PAPER,
          strokeWidth: 3,
        })
      ),
    ],
  });
}

/** A step's name beside its bar, at the side with more room; its number alone where neither has enough. */
function nameOf(step: number, own: readonly StepSpan[], frame: Pick<Frame, "from" | "end" | "scales">) {
  const { from, end } = frame;
  const begun = least(own.map(({ startUs }) => startUs)) / 1e6;
  const ended = largest(own.map(({ endUs }) => endUs ?? end * 1e6)) / 1e6;
  const failed = own.find(({ errorCode }) => errorCode !== null);
  const stem = own[0]!.file.replace(/^.*\//, "").replace(/\.sql$/, "");
  const name = /^\d/.test(stem) ? stem : `${step} ${stem}`;
  const full = failed === undefined ? name : `${name} ✗ ${failed.errorCode}`;
  const [before, after] = [begun - from, end - ended];
  const isAfter = after > before;
  const text = Math.max(before, after) < secondsOf(full, frame)
    ? `${step}${failed === undefined ? "" : " ✗"}`
    : full;
  return { step, text, isAfter, x: isAfter ? ended : begun };
}
