import { UsageError } from "../model/errors.ts";
import { isRunId, isSearchId } from "../model/run_id.ts";
import type { Environment, Run, RunConfig, Verdict } from "../model/run.ts";
import { nearest } from "../model/suggest.ts";
import type { RateSearch } from "../model/rate_search.ts";
import { byColumn, byField } from "./column_names.ts";
import { jsonText } from "./json_text.ts";
import type { Store } from "./open.ts";
import { searchOf } from "./searches.ts";
import { query } from "./sql.ts";
import { TABLES } from "./tables/registry.ts";
import type { QueryParameters } from "./values.ts";

/** Anything that answers a query: an open store, or a reader that opens one for each query. */
export interface Rows {
  rows<T>(sql: string, parameters?: QueryParameters): Promise<T[]>;
}

/** A stored run as a list shows it. */
export interface StoredRun extends Run {
  /** Scheduled slots; of a search, those of all its probes. */
  readonly slots: number;
  /** What a search found, as far as it is known; null of anything else. */
  readonly search: RateSearch | null;
}

/** As the store keeps it. */
type RunRow = Omit<StoredRun, "config" | "environment" | "search"> & {
  readonly config: string;
  readonly environment: string;
  readonly search: string | null;
};

/** Inserts the row of table `run`; a run of that id must not be there. */
export async function insertRun(store: Store, run: Run): Promise<void> {
  const { config, environment, searchId = null } = run;
  const values = { ...run, searchId, config: jsonText(config), environment: jsonText(environment) };
  await store.run(query("load/run"), byColumn(values) as QueryParameters);
}

/** All stored runs, newest first. */
export async function listRuns(source: Rows): Promise<StoredRun[]> {
  return (await readRuns(source)).runs;
}

/**
 * All stored runs, newest first, and apart from them the ids that are none: a store may come from elsewhere, and an
 * id becomes the name of a folder.
 */
export async function readRuns(source: Rows): Promise<{ runs: StoredRun[]; unusable: string[] }> {
  const rows = (await source.rows<object>(query("runs"))).map((row) => byField(row) as unknown as RunRow);
  return {
    runs: rows.filter(({ runId }) => isRunId(runId)).map(toRun),
    unusable: rows.filter(({ runId }) => !isRunId(runId)).map(({ runId }) => runId),
  };
}

/**
 * The run that a reference means: an id, a unique beginning of one, a label (its newest run), `latest` or
 * `latest~N` (N runs before the latest).
 * @throws {UsageError} when nothing or more than one is meant, with the nearest known name.
 */
export async function resolveRun(source: Rows, reference: string): Promise<StoredRun> {
  return findRun(await listRuns(source), reference);
}

/**
 * Without the probes of searches: a search counts as one. What names anything but a search, its own self among it, is
 * a run like any other.
 * @param runs all stored runs
 */
export function withoutProbes(runs: readonly StoredRun[]): StoredRun[] {
  const kinds = new Map(runs.map(({ runId, kind }) => [runId, kind]));
  // One that goes on, or was killed, may have no entry yet.
  const isSearch = (id: string) => kinds.has(id) ? kinds.get(id) === "find-rate" : isSearchId(id);
  return runs.filter(({ kind, searchId = null }) =>
    kind === "find-rate" || searchId === null || !isSearch(searchId)
  );
}

/** As `resolveRun`, over runs already listed newest first. Probes of searches are found where nothing else is meant. */
export function findRun(all: readonly StoredRun[], reference: string): StoredRun {
  const runs = withoutProbes(all);
  const probe = all.find((run) => run.runId === reference) ?? all.find((run) => run.label === reference);
  const begins = (run: StoredRun) => reference !== "" && run.runId.startsWith(reference);
  if (runs.length === 0 && probe === undefined) {
    throw new UsageError(
      `Cannot find run "${reference}": there are no runs yet`,
      "Run deno task bench first.",
    );
  }
  const back = /^latest(?:~(\d+))?$/.exec(reference);
  if (back !== null) {
    const run = runs[Number(back[1] ?? 0)];
    if (run !== undefined) return run;
    throw new UsageError(
      `Cannot find run "${reference}": only ${runs.length} ${
        runs.length === 1 ? "run is" : "runs are"
      } stored`,
      `The oldest is latest~${runs.length - 1}. See deno task runs.`,
    );
  }
  const exact = runs.find((run) => run.runId === reference) ?? runs.find((run) => run.label === reference);
  if (exact !== undefined) return exact;
  if (probe !== undefined) return probe;
  const begunOwn = runs.filter(begins);
  const begun = begunOwn.length > 0 ? begunOwn : all.filter(begins);
  if (begun.length === 1) return begun[0]!;
  if (begun.length > 1) {
    const some = begun.slice(0, 4).map((run) => run.runId).join(", ");
    throw new UsageError(
      `Cannot tell which run "${reference}" means: ${begun.length} ids begin so (${some}` +
        `${begun.length > 4 ? ", …" : ""})`,
      "Write more of the id.",
    );
  }
  const names = [
    ...new Set(runs.flatMap((run) => run.label === null ? [run.runId] : [run.label, run.runId])),
  ];
  const near = nearest(reference, ["latest", ...names]);
  throw new UsageError(
    `Cannot find run "${reference}": there is no such id or label`,
    near === undefined ? "See deno task runs." : `Did you mean "${near}"? See deno task runs.`,
  );
}

/** Records the verdict that was reached after the load. */
export async function setVerdict(store: Store, runId: string, verdict: Verdict | null): Promise<void> {
  await store.run("UPDATE run SET verdict = $verdict WHERE run_id = $run", { run: runId, verdict });
}

/** A run's record with what is to be known of what it left, beside what is said of that already. */
export function withLeft(run: Run, left: readonly string[]): Run {
  const { environment } = run;
  return { ...run, environment: { ...environment, left: [...environment.left ?? [], ...left] } };
}

/** Stores that, within the caller's transaction. */
export async function storeLeft(store: Store, run: Run, left: readonly string[]): Promise<void> {
  if (left.length === 0) return;
  const { runId, environment } = withLeft(run, left);
  await store.run("UPDATE run SET environment = $environment WHERE run_id = $run", {
    run: runId,
    environment: jsonText(environment),
  });
}

/** The runs of a search. */
export interface Probes {
  readonly ids: readonly string[];
  /** False where nothing but their labels tells so, which anybody may have given: a search of an older store. */
  readonly areItsOwn: boolean;
}

/** The probes of a search; a run that is none has none. */
export async function probesOf(store: Store, runId: string): Promise<Probes> {
  const rows = await store.rows<{ id: string; own: boolean }>(query("search/probes"), { run: runId });
  return { ids: rows.map(({ id }) => id), areItsOwn: rows.every(({ own }) => own) };
}

/**
 * Removes a run, and of a search the probes that are its own, from all tables, in one transaction. Others are runs by
 * themselves then.
 */
export async function deleteRun(store: Store, runId: string): Promise<void> {
  const { ids, areItsOwn } = await probesOf(store, runId);
  await store.transaction(async () => {
    for (const id of areItsOwn ? [...ids, runId] : [runId]) await deleteRows(store, id);
    // The next start would make a search that was killed of a name without a run.
    await store.run("UPDATE run SET search_id = NULL WHERE search_id = $run", { run: runId });
  });
}

/** Removes a run from all tables, within the caller's transaction. */
export async function deleteRows(store: Store, runId: string): Promise<void> {
  for (const table of TABLES) await store.run(`DELETE FROM ${table} WHERE run_id = $run`, { run: runId });
}

function toRun({ config, environment, search, ...run }: RunRow): StoredRun {
  return {
    ...run,
    config: JSON.parse(config) as RunConfig,
    environment: JSON.parse(environment) as Environment,
    search: searchOf(search),
  };
}
