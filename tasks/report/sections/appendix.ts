import { intervalTables, type ReportTable } from "../tables.ts";
import type { Section } from "./section.ts";

export const APPENDIX: Section<{ readonly tables: readonly ReportTable[] }> = {
  of: "bench",
  title: "Appendix: intervals and parts",
  figures: [],
  template: "sections/appendix",
  view: ({ summary, footnotes }) => ({ tables: intervalTables(summary, footnotes) }),
};
