import { plainSection } from "./section.ts";

export const OVER_TIME = plainSection({
  of: ["bench", "probe"],
  title: "Over time",
  figures: ["over-time", "latency-heatmap"],
});
