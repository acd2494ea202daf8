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
    footnotes.refer(summary.warnings.filter(({ code }) => !OF_THE_MACHINE.has(code)));
    return footnotes.list.length === 0 ? null : { footnotes: footnotes.list };
  },
};
