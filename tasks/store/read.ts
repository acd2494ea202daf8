import { openStore } from "./open.ts";
import { type Prepared, readPrepared } from "./prepared.ts";
import type { RunSummary } from "../model/summary.ts";
import { UsageError } from "../model/errors.ts";
import { MIGRATION_SEGMENTS } from "../model/phases.ts";
import { resolveRun, type StoredRun } from "./runs.ts";
import { query } from "./sql.ts";
import type { QueryParameters } from "./values.ts";
import { resolve } from "node:path";
import { readConfig } from "../config.ts";

export type {
  Environment,
  Run,
  RUN_STATUSES,
  RunConfig,
  RunStatus,
  ServiceFact,
  Verdict,
  VERDICTS,
} from "../model/run.ts";
export type { RunSeries } from "../model/series.ts";
export type { ValidityThresholds } from "../model/validity.ts";
export type { StoredRun } from "./runs.ts";
export type { QueryParameter, QueryParameters } from "./values.ts";

/**
 * Reads one stored run. It opens the store for each query and closes it again, so it never holds the lock.
 */
export interface RunReader {
  /** The run as it was stored when the reader was opened; its `runId` is `$run` in queries. */
  readonly run: StoredRun;
  /** Absolute path of the store's file. */
  readonly db: string;
  /** What `summarise` would say, where it has been computed already. */
  readonly summary?: RunSummary;
  /**
   * Rows of a query as plain objects: numbers for counts and decimals, Dates for timestamps, null for NULL.
   * @param sql the name of a file in queries/analysis/ (such as "timeline"), or a statement.
   * @param parameters by name; `$run` is this run's id, `$changing` the segment in which a migration changes the database:
   *   they need not be given.
   */
  rows<T = Record<string, unknown>>(sql: string, parameters?: QueryParameters): Promise<T[]>;
}

/**
 * Opens a stored run for reading.
 * @param reference an id, a unique beginning of one, a label, `latest` or `latest~N`.
 * @param options.db the store's file; default `benchbook.duckdb` where reports go.
 * @param options.prepared a file with what has been read of the run already, see `writePrepared`.
 * @throws {UsageError} when there is no such run or no store; {ServiceError} when the store stays locked.
 * @example
 * const bench = await openRun("latest");
 * const seconds = await bench.rows("timeline");
 */
export async function openRun(
  reference = "latest",
  options: { readonly db?: string; readonly prepared?: string; readonly waitMs?: number } = {},
): Promise<RunReader> {
  const db = options.db === undefined ? defaultDb() : resolve(options.db);
  const prepared = preparedOf(reference, options.prepared);
  const rows = async <T>(sql: string, parameters: QueryParameters = {}): Promise<T[]> => {
    const text = /^[\w/-]+$/.test(sql) ? query(sql) : sql;
    using store = await openStore(db, { mode: "read", waitMs: options.waitMs });
    return await store.rows<T>(text, parameters);
  };
  const run = prepared?.run ?? await resolveRun({ rows }, reference);
  if (run.kind === "find-rate") throw hasNoRows(run);
  const known = { run: run.runId, changing: MIGRATION_SEGMENTS.migrate };
  return {
    run,
    db,
    ...prepared !== null && { summary: prepared.summary },
    async rows<T>(sql: string, parameters?: QueryParameters) {
      const ready = parameters === undefined ? prepared?.rows[sql] : undefined;
      return ready as T[] ?? await rows<T>(sql, { ...known, ...parameters });
    },
  };
}

/** What a file has of the run that is meant; null: of another, as when a notebook is run with another run's id. */
function preparedOf(reference: string, file: string | undefined): Prepared | null {
  if (file === undefined) return null;
  const prepared = readPrepared(file);
  return prepared.run.runId === reference ? prepared : null;
}

function hasNoRows({ runId, search }: StoredRun): UsageError {
  const probe = search?.arms.flatMap(({ probes }) => probes).at(-1)?.run;
  return new UsageError(
    `Cannot read the requests of ${runId}: it is a search for a rate, whose probes have them`,
    `Name one of these${
      probe === undefined ? "" : `, such as ${probe}`
    }: deno task runs --probes lists them.`,
  );
}

/** Where the store lies when nobody says otherwise. */
export function defaultDb(): string {
  return resolve(readConfig().reports, "benchbook.duckdb");
}
