import type { RateSearch } from "../../model/rate_search.ts";
import type { Section } from "./section.ts";

export const RATE_UNAVAILABLE: Section<{ readonly unavailable: readonly string[] }, RateSearch> = {
  title: "What was not available",
  figures: [],
  template: "sections/unavailable",
  view(found) {
    const unavailable = [
      ...found.unavailable.map(({ arm, reason }) => `The arm ${arm}: ${reason}`),
      ...found.arms.flatMap(({ arm, stopped }) =>
        typeof stopped === "string" ? [`The search over ${arm} ended early: ${stopped}`] : []
      ),
    ];
    return unavailable.length === 0 ? null : { unavailable };
  },
};
