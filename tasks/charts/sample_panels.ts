import type { Panel } from "../model/metric.ts";
import { SAMPLE_SOURCES } from "../observe/sample_sources.ts";
import type { SamplePoint } from "./sample_series.ts";

/** A sample as the store gives it. */
export interface SampleRow {
  /** When it was taken, seconds from the run's start, with fractions. */
  readonly second: number;
  /** What was measured: `postgres`, `redis`, `host` or `generator`. */
  readonly source: string;
  /** What of it, e.g. `cpu_user`. */
  readonly metric: string;
  /** As an object, or as the JSON text that the store gives. */
  readonly labels: string | Readonly<Record<string, string>>;
  /** In the unit that its source declares for `metric`. */
  readonly value: number;
}

/**
 * Picks the samples worth a panel and names them, in the order of the registry of sample sources. What a server did not
 * give has no panel, and neither has what is drawn only where it happened and did not.
 */
export function samplePanels(rows: readonly SampleRow[]): SamplePoint[] {
  return SAMPLE_SOURCES.flatMap(({ name: source, metrics }) =>
    metrics.flatMap(({ name: metric, unit, panel }) => {
      if (panel === undefined) return [];
      const points = new Map<string, SamplePoint>();
      for (const row of rows) {
        if (row.source !== source || row.metric !== metric) continue;
        const series = seriesOf(row, panel);
        const key = `${series}/${row.second}`;
        const value = together(panel, row.value, points.get(key)?.value);
        points.set(key, { panel: panel.title, series, unit, second: row.second, value });
      }
      const made = [...points.values()];
      return panel.unlessZero && made.every(({ value }) => value === 0) ? [] : made;
    })
  );
}

function together({ several }: Panel, value: number, before: number | undefined): number {
  if (before === undefined) return value;
  return several === "sum" ? before + value : Math.max(before, value);
}

function seriesOf({ metric, labels }: SampleRow, { series }: Panel): string {
  const parsed = typeof labels === "string" ? JSON.parse(labels) as Record<string, string> : labels;
  const name = typeof series === "string" ? series : parsed[series.label] ?? metric;
  return parsed.instance === undefined ? name : `${name} (${parsed.instance})`;
}
