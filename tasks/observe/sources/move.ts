import { gauge } from "../../model/metric.ts";
import type { SampleSource } from "../source.ts";

/** How far a move to another server has come; told by tasks/move/ as it goes on. */
export const MOVE: SampleSource = {
  name: "move",
  title: "The move to another server",
  needs: { the: "database that a migration changes" },
  periodMs: 250,
  metrics: [
    gauge("lag_bytes", "bytes", "log that the other server has not confirmed to have stored", {
      panel: { title: "Log that the other server does not have yet", series: "not there yet" },
    }),
    gauge("lag_ms", "ms", "how much later a row written at one server was seen at the other", {
      panel: { title: "Replication lag", series: "lag" },
    }),
    gauge("copied_bytes", "bytes", "what the copy has read so far, of all tables"),
    gauge("tables_copied", "count", "tables whose copy is done"),
    gauge("pause_ms", "ms", "how long clients were held at a switch, by the server that they went to", {
      labels: ["to"],
    }),
    gauge(
      "proven",
      "0 or 1",
      "that a server was held against the ledger when the load was over; 1 where clients were then",
      {
        labels: ["at"],
      },
    ),
  ],
};
