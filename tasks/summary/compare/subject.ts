import type { StoredRun } from "../../store/runs.ts";
import type { Rows } from "../../store/runs.ts";
import { query } from "../../store/sql.ts";

/** What each run was a run of, by its id: texts that are equal where nothing differs that may make a difference. */
export async function subjectsOf(rows: Rows, runs: readonly StoredRun[]): Promise<Map<string, string>> {
  const found = await rows.rows<{ runId: string; what: string }>(query("compare/subjects"), {
    runs: JSON.stringify(runs.map(({ runId }) => runId)),
  });
  const asked = new Map(found.map(({ runId, what }) => [runId, what]));
  return new Map(
    runs.map((run) => [run.runId, JSON.stringify([subjectOf(run), asked.get(run.runId) ?? ""])]),
  );
}

function subjectOf({ gitCommit, config, environment }: StoredRun): unknown {
  const { benchbook, deno, os, kernel, hostname, services } = environment;
  return {
    gitCommit,
    benchbook,
    deno,
    os,
    kernel,
    hostname,
    services: services.map(({ name, instance, version, settings }) => ({
      name,
      instance,
      version,
      settings,
    })),
    armFiles: config.armFiles,
    workers: config.workers,
  };
}
