import type { RunSummary } from "../model/summary.ts";
import { Footnotes } from "./cells.ts";
import { type Decision, decision } from "./decision.ts";
import type { Material, Section } from "./sections/section.ts";
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
  readonly contents: readonly {
    readonly id: string;
    readonly title: string;
    readonly template: string;
    /** What the template gets: the section's view, and the names of its figures. */
    readonly view: object & { readonly figures: readonly string[] };
  }[];
  readonly sections: SectionViews;
  readonly slots: Slots;
}

const ENTRIES: readonly (readonly [string, Section<object>])[] = Object.entries(SECTIONS);

/** The queries of queries/analysis/ whose rows a view is built from. */
export const VIEW_QUERIES: readonly string[] = ENTRIES.flatMap(([, { query }]) => query ?? []);

/**
 * The view of a report from its summary and its notebooks' outputs; pure.
 * @param rows of the queries of `VIEW_QUERIES`, by name
 */
export function buildView(summary: RunSummary, slots: Slots, rows: Material["rows"] = {}): ReportView {
  const footnotes = new Footnotes(summary.warnings);
  const page = decision(summary, footnotes);
  const material = { summary, page, slots, rows, footnotes };
  const order = [...ENTRIES.filter(([, { last }]) => !last), ...ENTRIES.filter(([, { last }]) => last)];
  const views = new Map(order.map(([id, section]) => [id, section.view(material)]));
  const { run } = summary;
  return {
    title: run.config.title,
    runId: run.runId,
    label: run.label,
    struck: summary.verdict === "invalid",
    decision: page,
    contents: ENTRIES.flatMap(([id, { title, template, figures }]) => {
      const view = views.get(id);
      if (!view) return [];
      const text = typeof title === "string" ? title : title(material);
      return [{ id, title: text, template, view: { ...view, figures } }];
    }),
    sections: Object.fromEntries(views) as SectionViews,
    slots,
  };
}
