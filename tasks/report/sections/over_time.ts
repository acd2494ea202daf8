import { plainSection } from "./section.ts";

export const OVER_TIME = plainSection({
  of: "bench",
  title: "Over time",
  figures: ["over-time", "latency-heatmap"],
});
