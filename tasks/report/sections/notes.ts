import type { Footnotes } from "../cells.ts";
import { OF_THE_MACHINE } from "../decision.ts";
import type { Section } from "./section.ts";

/** What the others refer to by number, and the run's own doubts, which have none. */
export const NOTES: Section<{ readonly footnotes: Footnotes["list"]; readonly own: readonly string[] }> = {
  title: "Notes",
  figures: [],
  template: "sections/notes",
  last: true,
  view({ summary, footnotes }) {
    // A migration's report has each segment by itself.
    const elsewhere = new Set([...OF_THE_MACHINE, "of-the-baseline"]);
    const { list } = footnotes;
    const referred = new Set(list.map(({ text }) => text));
    const own = summary.warnings.filter(({ code, text }) => !elsewhere.has(code) && !referred.has(text));
    if (list.length + own.length === 0) return null;
    return { footnotes: list, own: [...new Set(own.map(({ text }) => text))] };
  },
};
