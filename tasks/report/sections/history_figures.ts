import { figure } from "../../charts/figure.ts";
import { historyTrend } from "../../charts/history_trend.ts";
import type { Drawn } from "./compare_figures.ts";
import { drawnHistory } from "./history_drawn.ts";
import type { HistoryMaterial } from "./history_material.ts";
import type { Section } from "./section.ts";

/** All operations together, over every stretch. */
export const HISTORY_OVERVIEW: Section<Drawn, HistoryMaterial> = {
  title: "All operations",
  figures: [],
  template: "sections/drawn",
  view: ({ history }) => ({
    drawn: [{
      heading: null,
      html: figure(
        historyTrend(drawnHistory(history), {
          id: "history-all",
          title: "All operations, weighted by the mix",
        }),
      ),
    }],
  }),
};

/** Each operation that the newest stretch asks. */
export const HISTORY_OPERATIONS: Section<Drawn, HistoryMaterial> = {
  title: "Every operation",
  figures: [],
  template: "sections/drawn",
  view: ({ history }) => {
    const operations = [
      ...new Set(history.stretches[0]!.trends.flatMap(({ operation }) => operation ?? [])),
    ];
    const drawn = drawnHistory(history);
    return operations.length === 0 ? null : {
      drawn: operations.map((operation, at) => ({
        heading: null,
        html: figure(historyTrend(drawn, { operation, id: `history-${at + 1}` })),
      })),
    };
  },
};
