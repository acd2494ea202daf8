import type { Run } from "../../model/run.ts";
import type { RunSummary } from "../../model/summary.ts";
import type { Footnotes } from "../cells.ts";
import type { Decision } from "../decision.ts";
import type { Slots } from "../slots.ts";
import type { ReportTable } from "../tables.ts";

/** What sections are made from. */
export interface Material {
  readonly summary: RunSummary;
  /** Page one. */
  readonly page: Decision;
  /** What notebooks put into the report. */
  readonly slots: Slots;
  /** Rows of the queries that sections ask for, by the query's name. */
  readonly rows: Readonly<Record<string, readonly unknown[]>>;
  /** Numbered in the order in which sections refer to them, which is that of the page. */
  readonly footnotes: Footnotes;
}

/** What runs with a report are: each has sections that make no sense of the other. */
export type ReportKind = "bench" | "migrate" | "probe";

/** The kind that a run's report is of. */
export function reportKind({ kind, config }: Pick<Run, "kind" | "config">): ReportKind {
  if (config.probe !== undefined) return "probe";
  return kind === "migrate" ? "migrate" : "bench";
}

/** One section of a page, made from `From`. */
export interface Section<View extends object, From = Material> {
  /** Runs of this kind alone have it; absent: all. */
  readonly of?: ReportKind;
  readonly title: string | ((material: From) => string);
  /** Notebook figures that it shows, in order: a code cell tagged `figure:NAME` makes one. */
  readonly figures: readonly string[];
  /** A query of queries/analysis/ whose rows it needs. */
  readonly query?: string;
  /** A file of templates/, without its ending; it gets the view, and its `figures` by name. */
  readonly template: string;
  /** Made after all others, of what they refer to. */
  readonly last?: true;
  /** What the template shows; nothing is computed there. Null: it has nothing to say, and is left out. */
  readonly view: (material: From) => View | null;
}

/** A section of figures and the tables under them: there where it has a table or, if it never has one, a figure. */
export function plainSection(
  { tables, ...section }:
    & Omit<Section<object>, "view" | "template" | "last">
    & { readonly tables?: (material: Material) => readonly (ReportTable | null)[] },
): Section<{ readonly tables: readonly ReportTable[] }> {
  return {
    ...section,
    template: "partials/section",
    view(material) {
      const made = tables?.(material).filter((table) => table !== null) ?? [];
      const isThere = tables === undefined ? hasFigure(section, material) : made.length > 0;
      return isThere ? { tables: made } : null;
    },
  };
}

/** Whether notebooks made any figure of a section. */
export function hasFigure(
  { figures }: { readonly figures: readonly string[] },
  { slots }: Material,
): boolean {
  return figures.some((name) => slots[name] !== undefined);
}

/** Sections by their ids, in the order of the page. */
type Sections<From> = Readonly<Record<string, Section<object, From>>>;

/** What each section's template shows; null where it is left out. */
export type ViewsOf<
  Of extends Readonly<Record<string, { readonly view: (material: never) => object | null }>>,
> = {
  readonly [Id in keyof Of]: ReturnType<Of[Id]["view"]>;
};

/** The views of sections, of which some are made last, after what they refer to. */
export function viewsOf<From, Of extends Sections<From>>(sections: Of, material: From): ViewsOf<Of> {
  const entries = Object.entries(sections);
  const order = [...entries.filter(([, { last }]) => !last), ...entries.filter(([, { last }]) => last)];
  return Object.fromEntries(order.map(([id, section]) => [id, section.view(material)])) as ViewsOf<Of>;
}

/** A section that has something to say. */
export interface ContentsEntry {
  readonly id: string;
  readonly title: string;
  readonly template: string;
  /** What the template gets: the section's view, and the names of its figures. */
  readonly view: object & { readonly figures: readonly string[] };
}

/** The sections that have something to say, in the order of the page. */
export function contentsOf<From>(
  sections: Sections<From>,
  material: From,
  views: Readonly<Record<string, object | null>>,
): ContentsEntry[] {
  return Object.entries(sections).flatMap(([id, { title, template, figures }]) => {
    const view = views[id];
    if (!view) return [];
    const text = typeof title === "string" ? title : title(material);
    return [{ id, title: text, template, view: { ...view, figures } }];
  });
}
