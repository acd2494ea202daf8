import { plainSection } from "./section.ts";

export const DISTRIBUTION = plainSection({
  title: "Distribution",
  figures: ["latency-by-quantile", "latency-histogram"],
});
