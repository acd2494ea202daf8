import { comparisonTable } from "../tables.ts";
import { plainSection } from "./section.ts";

export const CHANGE = plainSection({
  of: "bench",
  title: ({ page }) => `Change against ${page.baseline}`,
  figures: ["ratios"],
  tables: ({ summary, footnotes }) => [
    summary.comparisons.length === 0 ? null : comparisonTable(summary, footnotes),
  ],
});
