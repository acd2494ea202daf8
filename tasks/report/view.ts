import { formOf } from "../model/migration_form.ts";
import type { RunSummary } from "../model/summary.ts";
import { listed } from "../model/units.ts";
import { Footnotes } from "./cells.ts";
import { baselineOf, type Decision, decision } from "./decision.ts";
import {
  type ContentsEntry,
  contentsOf,
  type Material,
  type ReportKind,
  reportKind,
  type Section,
  viewsOf,
} from "./sections/section.ts";
import { sectionsOf, type SectionViews } from "./sections/sections.ts";
import type { Slots } from "./slots.ts";

/** Everything that templates/report.hbs shows; nothing is computed there. */
export interface ReportView {
  readonly title: string;
  /** In a sentence, under the title; null: the title says it. */
  readonly about: string | null;
  readonly runId: string;
  readonly label: string | null;
  /** Numbers of an invalid run are struck through. */
  readonly struck: boolean;
  readonly decision: Decision;
  /** Sections that have something to say, in order. */
  readonly contents: readonly ContentsEntry[];
  readonly sections: Partial<SectionViews>;
  readonly slots: Slots;
}

/** The queries of queries/analysis/ whose rows the view of such a run is built from. */
export function viewQueries(kind: ReportKind): string[] {
  return Object.values<Section<object>>(sectionsOf(kind)).flatMap(({ query }) => query ?? []);
}

/** What was measured, and in a sentence what that does, where its name does not say it. */
function titleOf(summary: RunSummary): Pick<ReportView, "title" | "about"> {
  const { run: { config }, migration } = summary;
  if (migration === undefined) {
    const arms = describedArms(summary);
    return arms === null ? { title: config.title, about: null } : { title: arms, about: config.title };
  }
  const { name, title } = migration.migration;
  const form = formOf(migration.migration);
  return { title: form === "own" ? name : `${name} (${form})`, about: title === name ? null : title };
}

/** Arms that files describe, as what they are measured against; null where each stands for its path. */
function describedArms(summary: RunSummary): string | null {
  const baseline = baselineOf(summary);
  const described = summary.arms.filter(({ name, overrides }) =>
    name !== baseline && Object.keys(overrides).length > 0
  );
  if (baseline === null || described.length === 0) return null;
  return `${listed(described.map(({ name }) => name))} against ${baseline}`;
}

/**
 * The view of a report from its summary and its notebooks' outputs; pure.
 * @param rows of the queries of `viewQueries`, by name
 */
export function buildView(summary: RunSummary, slots: Slots, rows: Material["rows"] = {}): ReportView {
  const footnotes = new Footnotes(summary.warnings);
  const page = decision(summary, footnotes);
  const material = { summary, page, slots, rows, footnotes };
  const sections = sectionsOf(reportKind(summary.run));
  const views = viewsOf(sections, material);
  const { run } = summary;
  return {
    ...titleOf(summary),
    runId: run.runId,
    label: run.label,
    struck: summary.verdict === "invalid",
    decision: page,
    contents: contentsOf(sections, material, views),
    sections: views,
    slots,
  };
}
