import { numbers, words } from "../../charts/figure.ts";
import { type ArmRate, byRate, type RateProbeOutcome, type RateSearch } from "../../model/rate_search.ts";
import { fixed, formatCount, formatShare, measuredMs } from "../../model/units.ts";
import { PROBE_SIGNS, rateText } from "../../terminal/find_rate_text.ts";
import { type Cell, fact, plain } from "../cells.ts";
import type { ReportTable } from "../tables.ts";
import type { Section } from "./section.ts";

export const RATE_PROBES: Section<{ readonly tables: readonly ReportTable[] }, RateSearch> = {
  title: "What each probe measured",
  figures: [],
  template: "partials/section",
  view: ({ arms }) => ({ tables: [probesTable(arms)] }),
};

function probesTable(arms: readonly ArmRate[]): ReportTable {
  return {
    id: "table-probes",
    caption: "Every probe, from the lowest rate to the highest",
    columns: [
      ...words("Arm", "Offered"),
      ...numbers("Answered", "p50", "p95", "p99", "Errors", "Requests"),
      ...words("Targets", "Run"),
    ],
    groups: arms.filter(({ probes }) => probes.length > 0).map(({ arm, probes }) => ({
      name: arm,
      span: probes.length,
      rows: byRate(probes).map((probe) => ({
        name: `${rateText(probe.rate)}/s`,
        cells: [
          plain(`${fixed(probe.achieved, 3)}/s`),
          plain(measuredMs(probe.p50Ms)),
          plain(measuredMs(probe.p95Ms)),
          plain(measuredMs(probe.p99Ms)),
          plain(formatShare(probe.errors)),
          plain(formatCount(probe.requests)),
          outcomeCell(probe.outcome, probe.confirmation, probe.reason),
          fact(probe.run),
        ],
      })),
    })),
    note:
      "Each probe is a run of its own, which deno task report RUN renders. Offered and answered are requests per " +
      "second; errors are requests that failed, timed out, were shed or never sent.",
  };
}

function outcomeCell(outcome: RateProbeOutcome, confirmation: boolean, reason: string | null): Cell {
  const text = confirmation ? `${PROBE_SIGNS[outcome]}, confirmation` : PROBE_SIGNS[outcome];
  return { ...fact(text), hint: reason ?? "" };
}
