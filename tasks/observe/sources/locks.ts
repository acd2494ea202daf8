import { gauge } from "../../model/metric.ts";
import { OBSERVER, type SampleSource } from "../source.ts";

/** Who waits for locks in a database while it is changed; made by migrate/lock_watch.ts at each of its looks. */
export const LOCKS: SampleSource = {
  name: "locks",
  title: "Locks",
  needs: { the: "database that a migration changes" },
  // Half of the longest time between two looks that evidence may have (METHOD.md): one may come late.
  periodMs: 50,
  metrics: [
    gauge("waiting", "count", "sessions that wait for a lock, by whose they are", {
      labels: ["role"],
      absent: 0,
      panel: { title: "Sessions waiting for a lock", series: { label: "role" } },
    }),
    OBSERVER,
  ],
};
