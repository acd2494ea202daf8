import { formatCount, measuredMs } from "../../model/units.ts";
import { SAMPLE_SOURCES } from "../../observe/sample_sources.ts";
import { fact } from "../cells.ts";
import type { ReportTable } from "../tables.ts";
import { plainSection } from "./section.ts";

/** A row of queries/analysis/observer.sql. */
interface ObserverRow {
  readonly source: string;
  /** Null where the source has one only. */
  readonly instance: string | null;
  readonly n: number;
  readonly meanMs: number;
  readonly maxMs: number;
}

/** What the observer took of the time that it observed. */
export const OBSERVER = plainSection({
  title: "What observing cost",
  figures: [],
  query: "observer",
  tables: ({ rows }) => [table((rows["observer"] ?? []) as readonly ObserverRow[])],
});

function table(rows: readonly ObserverRow[]): ReportTable | null {
  if (rows.length === 0) return null;
  const several = rows.some(({ instance }) => instance !== null);
  const titles = new Map(SAMPLE_SOURCES.map(({ name, title }) => [name, title]));
  return {
    id: "table-observer",
    caption: "How long it took to read each sample source, waiting for its answer included",
    columns: [
      ...["Source", ...several ? ["Instance"] : []].map((title) => ({ title, numeric: false })),
      ...["Readings", "Mean", "Longest"].map((title) => ({ title, numeric: true })),
    ],
    groups: rows.map(({ source, instance, n, meanMs, maxMs }) => ({
      name: titles.get(source) ?? source,
      span: 1,
      rows: [{
        name: several ? instance ?? "—" : null,
        cells: [fact(formatCount(n)), fact(measuredMs(meanMs)), fact(measuredMs(maxMs))],
      }],
    })),
    note: "",
  };
}
