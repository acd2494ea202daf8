import type { Estimate } from "../../model/estimate.ts";
import type { Impact, MigrationSummary } from "../../model/migration_summary.ts";
import {
  formatCount,
  formatSeconds,
  intervalText,
  measuredMs,
  signedMs,
  significant,
} from "../../model/units.ts";
import { atLeast, changeText } from "../../summary/migration/change_text.ts";
import { partText } from "../../summary/migration/stalls.ts";
import { recoveryText } from "../../summary/migration/recovery_text.ts";
import { unbroken } from "../../charts/html.ts";
import type { Footnotes } from "../cells.ts";
import type { Section } from "./section.ts";

/** A difference with its interval, both written out. */
interface ChangeView {
  readonly text: string;
  readonly interval: string;
  readonly notes: readonly number[];
}

interface ImpactRow {
  readonly kind: string;
  readonly n: string;
  readonly before: string;
  readonly during: string;
  /** Of p50, p95 and p99. */
  readonly changes: readonly ChangeView[];
  readonly stall: string;
  readonly degradation: string;
  readonly errors: string;
}

interface ImpactView {
  /** The longest stall and what it was waiting for, as a sentence. */
  readonly stall: string;
  readonly recovery: string;
  readonly paths: readonly {
    readonly path: string;
    readonly span: number;
    readonly rows: readonly ImpactRow[];
  }[];
}

/** What users felt, by path and by what they asked. */
export const IMPACT: Section<ImpactView> = {
  of: "migrate",
  title: "What users felt",
  figures: [],
  template: "sections/migration_impact",
  view({ summary: { migration }, footnotes }) {
    if (migration === undefined) return null;
    const byPath = Map.groupBy(migration.impacts, ({ path }) => path ?? "all paths");
    return {
      stall: stallText(migration),
      recovery: recoveryText(migration),
      paths: [...byPath].map(([path, own]) => ({
        path,
        span: own.length,
        rows: own.map((impact) => impactRow(impact, footnotes)),
      })),
    };
  },
};

function impactRow(impact: Impact, footnotes: Footnotes): ImpactRow {
  const { kind, n, baseline, migrate, change, stall, degradationMsS, errors } = impact;
  return {
    kind: kind === "all" ? "all" : `${kind}s`,
    n: `${formatCount(n.baseline)} / ${formatCount(n.migrate)}`,
    before: atLeast(baseline["0.95"], measuredMs),
    during: atLeast(migrate["0.95"], measuredMs),
    changes: ["0.5", "0.95", "0.99"].map((level) => changeView(change[level], footnotes)),
    stall: stall === null ? "none" : measuredMs(stall.ms),
    degradation: degradationMsS === null ? "—" : significant(degradationMsS, 3),
    errors: formatCount(errors),
  };
}

function changeView(change: Estimate | undefined, footnotes: Footnotes): ChangeView {
  if (change === undefined) return { text: "—", interval: "", notes: [] };
  const { value, low, high, warnings } = change;
  return {
    text: changeText(change),
    interval: value === null ? "" : unbroken(shortInterval(low, high)),
    notes: footnotes.ofQuantile(warnings),
  };
}

/** `−1.2 to +0.6 ms`: a unit that both ends have stands once. */
function shortInterval(low: number | null, high: number | null): string {
  const text = intervalText(low, high, signedMs) || "—";
  return text.replace(/^(\S+) (\S+) to (\S+ \2)$/, "$1 to $3");
}

function stallText({ stall }: MigrationSummary): string {
  if (stall === null) return "At no time were requests pending while none succeeded.";
  const { ms, fromUs, path, kind, pending } = stall;
  const whose = `${kind === "all" ? "requests" : `${kind}s`} over ${path ?? "all paths"}`;
  return `The longest stall lasted ${measuredMs(ms)}${partText(stall)}, from ${
    formatSeconds(fromUs / 1e6)
  } on: ${formatCount(pending)} ` +
    `${whose} were pending, and none succeeded.`;
}
