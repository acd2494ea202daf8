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
 * give has no panel, and neither has what is drawn only where it happened and did not. Where several instances gave it,
 * each has a panel of its own.
 */
export function samplePanels(rows: readonly SampleRow[]): SamplePoint[] {
  const read = rows.map((row) => ({ ...row, labels: labelsOf(row) }));
  return SAMPLE_SOURCES.flatMap(({ name: source, metrics }) => {
    const own = read.filter((row) => row.source === source);
    const instances = instancesOf(source, own);
    const several = instances.filter((instance) => instance !== undefined).length > 1;
    return metrics.flatMap(({ name: metric, unit, panel }) => {
      if (panel === undefined) return [];
      const points = new Map<string, SamplePoint>();
      for (const instance of instances) {
        const title = several && instance !== undefined ? `${panel.title} (${instance})` : panel.title;
        for (const row of own) {
          if (row.metric !== metric || row.labels.instance !== instance) continue;
          const series = seriesOf(row.labels, metric, panel);
          const key = `${title}/${series}/${row.second}`;
          const value = together(panel, row.value, points.get(key)?.value);
          points.set(key, { panel: title, series, unit, second: row.second, value });
        }
      }
      const made = [...points.values()];
      return panel.unlessZero && made.every(({ value }) => value === 0) ? [] : made;
    });
  });
}

/** Those of a source, the run's own before those of arms; undefined for rows that name none. */
function instancesOf(source: string, rows: readonly { readonly labels: Labels }[]): (string | undefined)[] {
  const isOfArm = (name = "") => Number(!name.startsWith(source));
  return [...new Set(rows.map(({ labels }) => labels.instance))]
    .sort((a, b) => isOfArm(a) - isOfArm(b) || (a ?? "").localeCompare(b ?? ""));
}

type Labels = Readonly<Record<string, string>>;

function labelsOf({ labels }: SampleRow): Labels {
  return typeof labels === "string" ? JSON.parse(labels) : labels;
}

function together({ several }: Panel, value: number, before: number | undefined): number {
  if (before === undefined) return value;
  return several === "sum" ? before + value : Math.max(before, value);
}

function seriesOf(labels: Labels, metric: string, { series }: Panel): string {
  return typeof series === "string" ? series : labels[series.label] ?? metric;
}
