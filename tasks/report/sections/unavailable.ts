import type { Section } from "./section.ts";

export const UNAVAILABLE: Section<{ readonly unavailable: readonly string[] }> = {
  title: "What was not available",
  figures: [],
  template: "sections/unavailable",
  view({ summary: { environment, run } }) {
    const unavailable = [
      ...environment.unavailable,
      ...run.config.unavailableArms.map(({ arm, reason }) => `The arm ${arm}: ${reason}`),
    ];
    return unavailable.length === 0 ? null : { unavailable };
  },
};
