import { join } from "node:path";
import { historyFixture } from "../charts/testing_history.ts";
import { stalledMigration } from "../summary/migration/testing_summary.ts";
import { comparisonFixture } from "../summary/compare/testing_comparison.ts";
import { takenPlans } from "../summary/testing_plans.ts";
import { poisoned } from "../testing/hostile.ts";
import { comparePageView, renderComparePage } from "./compare_page.ts";
import { ratePageView, renderRatePage } from "./find_rate_page.ts";
import { renderHtml } from "./html.ts";
import { renderHistoryPage } from "./history_page.ts";
import { renderIndex } from "./site.ts";
import { listedComparison } from "./site_comparisons.ts";
import { listedRun, listedSearch } from "./site_pages.ts";
import { siteRows } from "./site_rows.ts";
import { exampleSummary } from "./testing.ts";
import { exampleSearch } from "./testing_find_rate.ts";
import { storedProbe } from "./testing_probe_page.ts";
import { migratedSummary } from "./testing_migrated.ts";
import { buildView } from "./view.ts";

const folder = join(import.meta.dirname!, "..", "..", "templates");

/** Plans of two operations that are others for a candidate. */
const PLANS = takenPlans(18).slice(0, 2).flatMap(({ name: operation, before, after }) => [
  { operation, arm: "sql", plan: before },
  { operation, arm: "graphql", plan: after },
]);

/** Pages of a text: the same things happened, and were called otherwise. */
export const HOSTILE_PAGES: Readonly<Record<string, (text: string) => Promise<string>>> = {
  run: (text) =>
    renderHtml(buildView(poisoned(exampleSummary(), text), {}, poisoned({ plans: PLANS }, text)), {
      templates: folder,
    }),
  migration: (text) =>
    renderHtml(buildView(poisoned(migratedSummary(stalledMigration()), text), {}), { templates: folder }),
  probe: async (text) => {
    const { summary, rows } = await storedProbe();
    return await renderHtml(buildView(poisoned(summary, text), {}, poisoned(rows, text)), {
      templates: folder,
    });
  },
  comparison: (text) =>
    renderComparePage(
      comparePageView({ comparison: poisoned(comparisonFixture(), text), plans: [] }),
      folder,
    ),
  search: (text) => renderRatePage(ratePageView(poisoned(exampleSearch(), text, ["slo"])), folder),
  history: (text) =>
    renderHistoryPage(
      { history: poisoned(historyFixture(), text), linkOf: (runId) => `../${runId}` },
      folder,
    ),
  index: async (text) => {
    const summary = { ...poisoned(exampleSummary(), text), directory: "20260301-140500-k3x9" };
    const rows = siteRows([
      listedRun(summary as never),
      listedSearch(poisoned(exampleSearch(), text)),
      listedComparison(poisoned(comparisonFixture(), text) as never),
    ]);
    return await renderIndex(rows, folder, { feed: "feed.xml" });
  },
};
