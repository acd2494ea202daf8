import { formatCount } from "../model/units.ts";
import type { StoredRun } from "../store/runs.ts";
import { formatTable } from "./table.ts";

/** The stored runs as a table, newest first. */
export function runsText(runs: readonly StoredRun[]): string {
  if (runs.length === 0) return "No runs are stored yet. deno task bench makes one.";
  return formatTable(
    [
      { title: "run", align: "left" },
      { title: "label", align: "left" },
      { title: "scenario", align: "left" },
      { title: "data", align: "left" },
      { title: "started (UTC)", align: "left" },
      { title: "requests", align: "right" },
      { title: "status", align: "left" },
      { title: "verdict", align: "left" },
    ],
    runs.map((run) => [
      run.runId,
      run.label ?? "",
      run.scenario,
      `${run.environment.dataset.name} ${run.environment.dataset.scale}`,
      run.startedAt.toISOString().slice(0, 16).replace("T", " "),
      formatCount(run.slots),
      run.status,
      run.verdict ?? "—",
    ]),
  );
}
