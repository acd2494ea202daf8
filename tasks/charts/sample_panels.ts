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
  /** Shares are 0 to 1 and counters rates per second; otherwise in the unit that `metric` ends in. */
  readonly value: number;
}

interface Line {
  readonly panel: string;
  /** The series' name, or which label names it. */
  readonly series: string | { readonly label: string };
  readonly source: string;
  readonly metric: string;
  readonly unit: SamplePoint["unit"];
}

const line = (
  source: string,
  metric: string,
  panel: string,
  series: Line["series"],
  unit: SamplePoint["unit"],
): Line => ({ source, metric, panel, series, unit });

/** The metrics that the report shows, in order; what a server did not give has no panel. */
const LINES: readonly Line[] = [
  line("host", "cpu_user", "Host CPU", "user", "share"),
  line("host", "cpu_system", "Host CPU", "system", "share"),
  line("host", "cpu_iowait", "Host CPU", "I/O wait", "share"),
  line("host", "cpu_steal", "Host CPU", "steal", "share"),
  line("host", "pressure_cpu_some", "Stalled for want of CPU", "some", "share"),
  line("host", "process_cpu_cores", "CPU by process, cores", { label: "process" }, "cores"),
  line("host", "memory_used_bytes", "Host memory", "used", "bytes"),
  line("postgres", "transactions", "PostgreSQL transactions", "transactions", "per second"),
  line("postgres", "blocks_hit", "PostgreSQL blocks", "from cache", "per second"),
  line("postgres", "blocks_read", "PostgreSQL blocks", "read", "per second"),
  line("postgres", "wal_bytes", "PostgreSQL write-ahead log", "written", "bytes per second"),
  line("redis", "commands", "Redis commands", "commands", "per second"),
  line("redis", "memory_bytes", "Redis memory", "used", "bytes"),
  line("generator", "cpu_cores", "Generator CPU, cores", "busiest worker", "cores"),
  line("generator", "lag_p99_ms", "Generator lag", "p99", "ms"),
  line("generator", "gap_ms", "Longest generator gap", "gap", "ms"),
];

/** Picks the samples worth a panel and names them; several of one second (by label) become their largest. */
export function samplePanels(rows: readonly SampleRow[]): SamplePoint[] {
  return LINES.flatMap(({ source, metric, panel, series, unit }) => {
    const points = new Map<string, SamplePoint>();
    for (const row of rows) {
      if (row.source !== source || row.metric !== metric) continue;
      const name = typeof series === "string" ? series : labelOf(row, series.label) ?? metric;
      const key = `${name}/${row.second}`;
      const value = Math.max(row.value, points.get(key)?.value ?? -Infinity);
      points.set(key, { panel, series: name, unit, second: row.second, value });
    }
    return [...points.values()];
  });
}

function labelOf({ labels }: SampleRow, name: string): string | undefined {
  const parsed = typeof labels === "string" ? JSON.parse(labels) as Record<string, string> : labels;
  return parsed[name];
}
