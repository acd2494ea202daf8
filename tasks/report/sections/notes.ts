import type { Footnotes } from "../cells.ts";
import { OF_THE_MACHINE } from "../decision.ts";
import type { Section } from "./section.ts";

/** What the others refer to, and the run's own doubts. */
export const NOTES: Section<{ readonly footnotes: Footnotes["list"] }> = {
  title: "Notes",
  figures: [],
  template: "sections/notes",
  last: true,
  view({ summary, footnotes }) {
    // A migration's report has each segment by itself.
    const elsewhere = new Set([...OF_THE_MACHINE, "of-the-baseline"]);
    footnotes.refer(summary.warnings.filter(({ code }) => !elsewhere.has(code)));
    return footnotes.list.length === 0 ? null : { footnotes: footnotes.list };
  },
};
