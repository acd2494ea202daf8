import type { GeneratorFigures, RunSummary, ValidityCheck } from "../model/summary.ts";
import { formatMs, formatShare, significant } from "../model/units.ts";
import { redactUrl } from "../config.ts";
import { Footnotes } from "./cells.ts";
import { type Decision, decision, OF_THE_MACHINE } from "./decision.ts";
import { serviceName } from "./provenance.ts";
import { method, reproduce } from "./method.ts";
import { type PlanRow, type PlansView, plansView } from "./plans.ts";
import {
  accountingTable,
  cacheTable,
  comparisonTable,
  errorsTable,
  graphqlTable,
  intervalTables,
  operationsTable,
  type Table,
} from "./tables.ts";

/** What notebooks put into the report: a figure or prose by the name of its slot. */
export type Slots = Readonly<Record<string, string>>;

/** Everything that templates/report.hbs shows; nothing is computed there. */
export interface ReportView {
  readonly title: string;
  readonly runId: string;
  readonly label: string | null;
  /** Numbers of an invalid run are struck through. */
  readonly struck: boolean;
  readonly decision: Decision;
  /** Sections that have something to say, in order. */
  readonly contents: readonly { readonly id: string; readonly title: string }[];
  readonly tables: {
    readonly operations: Table;
    readonly errors: Table | null;
    readonly comparisons: Table | null;
    readonly cache: Table | null;
    readonly graphql: Table | null;
    readonly accounting: Table & { readonly ok: boolean };
    readonly intervals: readonly Table[];
  };
  readonly services: readonly ServiceView[];
  readonly checks: readonly ValidityCheck[];
  readonly lag: string;
  readonly unavailable: readonly string[];
  readonly method: readonly string[];
  readonly command: string;
  readonly query: string;
  readonly footnotes: readonly { readonly number: number; readonly text: string }[];
  readonly plans: PlansView | null;
  readonly slots: Slots;
}

export interface ServiceView {
  readonly name: string;
  readonly state: string;
  readonly address: string;
  readonly settings: string;
}

/** The view of a report from its summary and its notebooks' outputs; pure. */
export function buildView(
  summary: RunSummary,
  slots: Slots,
  plans: readonly PlanRow[] = [],
): ReportView {
  const footnotes = new Footnotes();
  const page = decision(summary, footnotes);
  const tables = {
    operations: operationsTable(summary, footnotes),
    errors: errorsTable(summary),
    comparisons: summary.comparisons.length === 0 ? null : comparisonTable(summary.comparisons, footnotes),
    cache: cacheTable(summary),
    graphql: graphqlTable(summary, footnotes),
    accounting: accountingTable(summary),
    intervals: intervalTables(summary, footnotes),
  };
  footnotes.refer(summary.warnings.filter(({ code }) => !OF_THE_MACHINE.has(code)));
  const { run, validity } = summary;
  const unavailable = [
    ...summary.environment.unavailable,
    ...run.config.unavailableArms.map(({ arm, reason }) => `The path ${arm}: ${reason}`),
  ];
  const lag = validity.lagMs;
  const has = (...names: string[]) => names.some((name) => slots[name] !== undefined);
  const sections: [string, string, boolean][] = [
    ["change", `Change against ${page.baseline}`, tables.comparisons !== null],
    ["operations", "Every operation", true],
    ["distribution", "Distribution", has("latency-by-quantile", "latency-histogram")],
    ["over-time", "Over time", has("over-time", "latency-heatmap")],
    ["cache", "Cache", tables.cache !== null],
    ["graphql", "GraphQL against SQL", tables.graphql !== null],
    ["servers", "PostgreSQL, Redis and host", summary.environment.services.length > 0 || has("samples")],
    ["validity", "Can the numbers be trusted?", true],
    ["unavailable", "What was not available", unavailable.length > 0],
    ["method", "Method and how to reproduce", true],
    ["notes", "Notes", footnotes.list.length > 0],
    ["appendix", "Appendix: intervals and parts", true],
  ];
  return {
    title: run.config.title,
    runId: run.runId,
    label: run.label,
    struck: summary.verdict === "invalid",
    decision: page,
    contents: sections.filter(([, , present]) => present).map(([id, title]) => ({ id, title })),
    tables,
    services: services(summary),
    checks: validity.checks,
    lag: run.config.loop === "closed"
      ? `A closed loop has no generator lag: a client sends when it is ready.${
        generatorCost(validity.generator)
      }${saturation(summary)}`
      : `Generator lag: median ${formatMs(lag.p50)}, p99 ${formatMs(lag.p99)}, longest ${formatMs(lag.max)}.${
        generatorCost(validity.generator)
      }`,
    unavailable,
    method: method(summary),
    command: reproduce(run),
    query: `SELECT * FROM timing WHERE run_id = '${run.runId}';`,
    footnotes: footnotes.list,
    plans: plansView(plans),
    slots,
  };
}

/** What the generator's threads took, as sentences with a space before; nothing of a run that did not record it. */
function generatorCost(figures: GeneratorFigures): string {
  const {
    cpuPerRequestUs,
    cpuCores,
    gcShare,
    gcLongestMs,
    loopDelayP50Ms,
    loopDelayP99Ms,
    nativeLoop,
    realTime,
  } = figures;
  const cpu = cpuPerRequestUs === null || cpuCores === null
    ? ""
    : ` Its threads took ${significant(cpuPerRequestUs, 3)} µs of CPU a request (${
      significant(cpuCores, 3)
    } of a core in all).`;
  const collections = gcShare === null || gcLongestMs === null
    ? ""
    : ` Garbage collection took ${formatShare(gcShare)} of their time, ${
      formatMs(gcLongestMs)
    } at the longest.`;
  const delay = loopDelayP50Ms === null || loopDelayP99Ms === null
    ? ""
    : ` Their event loops were late by ${formatMs(loopDelayP50Ms)} (median) and ${
      formatMs(loopDelayP99Ms)
    } (p99) in a usual second.`;
  const loop = nativeLoop === false ? " They waited for their sockets by Deno's event loop." : "";
  return cpu + collections + delay + loop + (realTime ? " They had real-time priority." : "");
}

/** That the threads were the limit, as a sentence with a space before. */
function saturation({ warnings }: RunSummary): string {
  const saturated = warnings.find(({ code }) => code === "generator-saturated");
  return saturated === undefined ? "" : ` ${saturated.text}`;
}

function services(summary: RunSummary): ServiceView[] {
  return summary.environment.services.map((service, _, all) => ({
    name: serviceName(service, all),
    state: service.available
      ? `${service.version ?? "version unknown"}, ${service.origin}`
      : `not available: ${service.reason ?? "no reason was recorded"}`,
    address: service.address === null ? "—" : safeAddress(service.address),
    settings: Object.entries(service.settings).map(([name, value]) => `${name} = ${value || "(empty)"}`).join(
      ", ",
    ),
  }));
}

/** Addresses come without a password; a second look costs nothing and a leak would be for ever. */
function safeAddress(address: string): string {
  return /^[a-z]+:\/\//.test(address) && URL.canParse(address) ? redactUrl(address) : address;
}
