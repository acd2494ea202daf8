import type { RunSummary, Summary } from "../model/summary.ts";
import { counted, formatMs, formatRate, formatShare } from "../model/units.ts";
import { median } from "../stats/robust.ts";
import { runBand } from "../stats/run_band.ts";
import { singleLine } from "./safe_text.ts";
import { formatTable, type TextColumn } from "./table.ts";
import { widthOf } from "./width.ts";

/** Fewer do not tell how much runs differ. */
const ENOUGH = 5;

const COLUMNS: readonly TextColumn[] = [
  { title: "arm", align: "left", heads: true },
  { title: "", align: "left" },
  { title: "median run", align: "right" },
  { title: "lowest", align: "right", drop: 1 },
  { title: "highest", align: "right", drop: 1 },
  { title: "differ by", align: "right" },
];

/** What is told of each arm. */
const FIGURES: readonly {
  readonly title: string;
  readonly of: (summary: Summary) => number | null;
  readonly format: (value: number) => string;
}[] = [
  { title: "p50", of: ({ response }) => response["0.5"]?.value ?? null, format: formatMs },
  { title: "p95", of: ({ response }) => response["0.95"]?.value ?? null, format: formatMs },
  { title: "throughput", of: ({ throughput }) => throughput, format: formatRate },
];

/** What runs of one request had in common and by how much they differ, arm by arm. @param summaries two or more */
export function seriesText(summaries: readonly RunSummary[], columns = widthOf().columns): string {
  const arms = summaries[0]!.run.config.arms;
  const rows = arms.flatMap((arm) =>
    FIGURES.map(({ title, of, format }, at) => {
      const values = summaries.flatMap(({ operations }) => {
        const whole = operations.find((each) => each.arm === arm && each.operation === null);
        const value = whole === undefined ? null : of(whole);
        return value === null || !(value > 0 && Number.isFinite(value)) ? [] : [value];
      });
      const own = [
        median(values),
        ...values.length === 0 ? [null, null] : [Math.min(...values), Math.max(...values)],
      ];
      const band = runBand(values.map(Math.log));
      return [
        at === 0 ? arm : "",
        title,
        ...own.map((value) => value === null ? "—" : format(value)),
        band === null ? "—" : formatShare(Math.expm1(band.deviation)),
      ];
    })
  );
  const few = summaries.length < ENOUGH ? ` How much runs differ is told by ${ENOUGH} or more.` : "";
  return [
    `${counted(summaries.length, "run")} of ${singleLine(summaries[0]!.run.scenario)}:`,
    formatTable(COLUMNS, rows, columns),
    `differ by: the standard deviation from run to run.${few}`,
    `To compare the series with another run: deno task compare BASE ${summaries[0]!.run.runId}`,
  ].join("\n");
}
