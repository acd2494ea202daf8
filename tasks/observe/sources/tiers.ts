import { gauge } from "../../model/metric.ts";
import type { SampleSource } from "../source.ts";

/** What tiers beside the tables cost and save at the server; told once, when the load is over, by tasks/tiers/. */
export const TIERS: SampleSource = {
  name: "tiers",
  title: "Tiers beside the tables",
  needs: { the: "clones that hold tiers" },
  periodMs: 0,
  metrics: [
    gauge("bytes", "bytes", "what a tier's relation takes on disk, with its indexes", { labels: ["tier"] }),
    gauge("calls", "count", "how often an operation, or what keeps a tier up, ran while the load did", {
      labels: ["tier", "operation"],
    }),
    gauge(
      "exec_ms",
      "ms",
      "what that took in PostgreSQL, by pg_stat_statements; tier `none`: over the tables",
      {
        labels: ["tier", "operation"],
      },
    ),
  ],
};
