import { plainSection } from "./section.ts";

export const OVER_TIME = plainSection({ title: "Over time", figures: ["over-time", "latency-heatmap"] });
