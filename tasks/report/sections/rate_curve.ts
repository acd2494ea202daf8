import { figure } from "../../charts/figure.ts";
import { loadCurve } from "../../charts/load_curve.ts";
import type { ArmRate, RateSearch } from "../../model/rate_search.ts";
import { parseSlo } from "../../model/slo.ts";
import type { Section } from "./section.ts";

/** A chart without a mark would have axes that mean nothing. */
const NO_CURVE = "<p>There is no curve to draw: the load generator was the limit in every probe.</p>";

/** The latency-against-load curve of a search, as HTML. */
export const RATE_CURVE: Section<{ readonly curve: string }, RateSearch> = {
  title: "Response time against load",
  figures: [],
  template: "sections/rate_curve",
  view: ({ arms }) => ({
    curve: arms.some(({ probes }) => probes.some(({ outcome }) => outcome !== "invalid"))
      ? figure(curveOf(arms))
      : NO_CURVE,
  }),
};

function curveOf(arms: readonly ArmRate[]) {
  return loadCurve(
    arms.flatMap(({ arm, probes }) =>
      probes.map(({ rate, achieved, p50Ms, p95Ms, p99Ms, outcome }) => ({
        arm,
        rate,
        achieved,
        p50: p50Ms,
        p95: p95Ms,
        p99: p99Ms,
        outcome,
      }))
    ),
    {
      title: "p50, p95 and p99 of every probe",
      // Those of a single operation would stand beside curves of all operations together.
      limits: arms.flatMap(({ arm, slo }) =>
        parseSlo(slo).filter(({ metric, scope }) =>
          metric === "quantile" && (scope === null || scope === arm)
        ).map(({ text, limit }) => ({ arm, text, ms: limit }))
      ),
      intervals: arms.flatMap(({ arm, interval: [low, high] }) =>
        low === null || high === null ? [] : [{ arm, low, high }]
      ),
    },
  );
}
