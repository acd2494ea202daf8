import { spelledOut } from "../model/visible_text.ts";
import type { RunSummary, Summary } from "../model/summary.ts";

/** What OpenMetrics has a metric for: its kind, unit and help, and its values by labels. */
interface Metric {
  readonly name: string;
  readonly type: "gauge" | "counter";
  readonly unit?: "seconds" | "ratio";
  readonly help: string;
  readonly samples: readonly { readonly labels: Readonly<Record<string, string>>; readonly value: number }[];
}

/**
 * A run's summary as OpenMetrics text (version 1.0.0, https://prometheus.io/docs/specs/om/open_metrics_spec/), for a
 * Prometheus that reads files or a push gateway: response times by quantile, requests by outcome, errors and hits.
 * What was not to be told has no sample.
 */
export function openMetrics(summary: RunSummary): string {
  return `${[aboutRun(summary), ...ofOperations(summary)].map(textOf).join("")}# EOF\n`;
}

function aboutRun({ run, verdict }: RunSummary): Metric {
  return {
    name: "benchbook_run",
    type: "gauge",
    help: "1; the verdict, label and commit stand in the labels.",
    samples: [{
      labels: {
        run: run.runId,
        scenario: run.scenario,
        verdict: verdict ?? run.status,
        label: run.label ?? "",
        commit: run.gitCommit ?? "",
      },
      value: 1,
    }],
  };
}

function ofOperations({ run, operations }: RunSummary): Metric[] {
  const of = ({ arm, operation }: Summary) => ({
    run: run.runId,
    scenario: run.scenario,
    arm,
    operation: operation ?? "all",
  });
  const begin = run.config.loop === "closed" ? "the client being ready" : "the intended start";
  return [
    {
      name: "benchbook_response_time_seconds",
      type: "gauge",
      unit: "seconds",
      help: `Response time from ${begin}, by quantile.`,
      samples: operations.flatMap((row) =>
        Object.entries(row.response).flatMap(([quantile, { value }]) =>
          value === null
            ? []
            : [{ labels: { ...of(row), quantile }, value: Number((value / 1000).toPrecision(12)) }]
        )
      ),
    },
    {
      name: "benchbook_requests",
      type: "counter",
      help: "Requests of the measured time, by what became of them.",
      samples: operations.flatMap((row) =>
        Object.entries(row.outcomes).map(([outcome, value]) => ({ labels: { ...of(row), outcome }, value }))
      ),
    },
    {
      name: "benchbook_throughput",
      type: "gauge",
      help: "Requests that were answered well, a second.",
      samples: operations.map((row) => ({ labels: of(row), value: row.throughput })),
    },
    {
      name: "benchbook_error_ratio",
      type: "gauge",
      unit: "ratio",
      help: "Share of requests that were not answered well, 0 to 1.",
      samples: operations.flatMap((row) =>
        row.errorRate.value === null ? [] : [{ labels: of(row), value: row.errorRate.value }]
      ),
    },
    {
      name: "benchbook_cache_hit_ratio",
      type: "gauge",
      unit: "ratio",
      help: "Hits by hits, misses, stale answers and bypasses, 0 to 1.",
      samples: operations.flatMap((row) =>
        row.cache === null ? [] : [{ labels: of(row), value: row.cache.hitRate }]
      ),
    },
  ];
}

function textOf({ name, type, unit, help, samples }: Metric): string {
  const finite = samples.filter(({ value }) => !Number.isNaN(value));
  const suffix = type === "counter" ? "_total" : "";
  return [
    `# TYPE ${name} ${type}`,
    ...unit === undefined ? [] : [`# UNIT ${name} ${unit}`],
    `# HELP ${name} ${escaped(help)}`,
    ...finite.map(({ labels, value }) => `${name}${suffix}{${labelsText(labels)}} ${numberText(value)}`),
    "",
  ].join("\n");
}

function labelsText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`).join(",");
}

function escaped(text: string): string {
  return spelledOut(text, "\n").replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
}

function numberText(value: number): string {
  return value === Infinity ? "+Inf" : value === -Infinity ? "-Inf" : String(value);
}
