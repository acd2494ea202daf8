import type { RunSummary } from "../model/summary.ts";
import { Footnotes } from "./cells.ts";
import { type Decision, decision } from "./decision.ts";
import { type ContentsEntry, contentsOf, type Material, type Section, viewsOf } from "./sections/section.ts";
import { SECTIONS, type SectionViews } from "./sections/sections.ts";
import type { Slots } from "./slots.ts";

/** Everything that templates/report.hbs shows; nothing is computed there. */
export interface ReportView {
  readonly title: string;
  readonly runId: string;
  readonly label: string | null;
  /** Numbers of an invalid run are struck through. */
  readonly struck: boolean;
  readonly decision: Decision;
  /** Sections that have something to say, in order. */
  readonly contents: readonly ContentsEntry[];
  readonly sections: SectionViews;
  readonly slots: Slots;
}

/** The queries of queries/analysis/ whose rows a view is built from. */
export const VIEW_QUERIES: readonly string[] = Object.values<Section<object>>(SECTIONS).flatMap((
  { query },
) => query ?? []);

/**
 * The view of a report from its summary and its notebooks' outputs; pure.
 * @param rows of the queries of `VIEW_QUERIES`, by name
 */
export function buildView(summary: RunSummary, slots: Slots, rows: Material["rows"] = {}): ReportView {
  const footnotes = new Footnotes(summary.warnings);
  const page = decision(summary, footnotes);
  const material = { summary, page, slots, rows, footnotes };
  const views = viewsOf(SECTIONS, material);
  const { run } = summary;
  return {
    title: run.config.title,
    runId: run.runId,
    label: run.label,
    struck: summary.verdict === "invalid",
    decision: page,
    contents: contentsOf(SECTIONS, material, views),
    sections: views,
    slots,
  };
}
