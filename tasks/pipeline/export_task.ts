import { rmdirSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import type { Config } from "../config.ts";
import { type OwnFile, removeOwn } from "../files/own_file.ts";
import { placeFile } from "../files/place_file.ts";
import { UsageError } from "../model/errors.ts";
import { isRunId } from "../model/run_id.ts";
import type { RunSummary } from "../model/summary.ts";
import { formatCount } from "../model/units.ts";
import { openMetrics } from "../report/open_metrics.ts";
import { openStore, type Store } from "../store/open.ts";
import { resolveRun } from "../store/runs.ts";
import { query } from "../store/sql.ts";
import { summarise } from "../summary/summarise.ts";
import { say } from "../terminal/command.ts";
import { singleLine } from "../terminal/safe_text.ts";
import { EXPORT_FILES, exportProblem, notEmpty, openParts, prepareFolder } from "./export_folder.ts";
import { storeFile } from "./store_file.ts";

/** What `export` is asked for. */
export interface ExportArguments {
  readonly db?: string;
}

/**
 * Writes a stored run for other programs: its raw timings as Parquet and CSV, its summary as JSON and OpenMetrics text.
 * @param folder where to; `export-RUN` if absent
 * @throws {UsageError} where there is no such run, or the folder is not empty
 */
export async function exportRun(
  reference: string,
  folder: string | undefined,
  { db }: ExportArguments,
  config: Config,
): Promise<void> {
  using store = await openStore(storeFile(config, db), { mode: "read" });
  const { runId, kind } = await resolveRun(store, reference);
  if (kind === "find-rate" || !isRunId(runId)) {
    throw new UsageError(
      `Cannot export ${reference}: ${runId} is a search for a rate, whose probes have the timings`,
      "Name one of these: deno task runs --probes lists them.",
    );
  }
  const place = resolve(folder ?? `export-${runId}`);
  const summary = await summarise(store, runId);
  const fresh = prepareFolder(place);
  const rows = await writeFiles(store, summary, { place, fresh });
  say(`Wrote ${formatCount(rows)} timings of ${runId}, and its summary:`);
  for (const file of EXPORT_FILES) say(`  ${join(place, file)}`);
  const { verdict, run: { status }, reasons: [reason = ""] } = summary;
  const doubt = status !== "complete"
    ? `The run is ${status}`
    : verdict === "invalid"
    ? "The run is INVALID"
    : null;
  if (doubt !== null) say(`• ${singleLine(`${doubt}: ${reason}`, 400)}`);
}

/**
 * Writes all files, first into a folder of their own: a name in the folder may be somebody else's meanwhile.
 * @param fresh whether the folder was not there before
 * @returns how many timings they hold
 * @throws {UsageError} where a name is taken; {ServiceError} where they cannot be written; nothing of ours is left
 */
async function writeFiles(
  store: Store,
  summary: RunSummary,
  { place, fresh }: { readonly place: string; readonly fresh: boolean },
): Promise<number> {
  const made: OwnFile[] = [];
  try {
    using parts = openParts(place);
    const rows = await writeTimings(store, summary.run.runId, parts.path);
    writeFileSync(join(parts.path, "summary.json"), `${JSON.stringify(summary, null, 1)}\n`);
    writeFileSync(join(parts.path, "metrics.txt"), openMetrics(summary));
    for (const file of EXPORT_FILES) made.push(placeFile(join(parts.path, file), join(place, file)));
    return rows;
  } catch (error) {
    takeBack(made, fresh ? place : null);
    if ((error as NodeJS.ErrnoException).code === "EEXIST") throw notEmpty(place, takenBy(error));
    throw exportProblem(place, error);
  }
}

/** The file that is in the way of one of ours. */
function takenBy(error: unknown): string {
  return basename((error as { readonly dest?: string }).dest ?? "another file");
}

async function writeTimings(store: Store, runId: string, place: string): Promise<number> {
  await store.run(`SET VARIABLE run = ${quoted(runId)}`);
  const timings = query("export/timings");
  await store.run(
    `COPY (${timings}) TO ${quoted(join(place, "timings.parquet"))} (FORMAT parquet, COMPRESSION zstd)`,
  );
  await store.run(
    `COPY (SELECT * REPLACE (${inertColumns(["error", "operation", "arm", "stream"])}) FROM (${timings})) ` +
      `TO ${quoted(join(place, "timings.csv"))} (FORMAT csv, HEADER)`,
  );
  const [{ n }] = await store.rows<{ n: number }>(
    "SELECT count(*)::DOUBLE AS n FROM timing WHERE run_id = $run",
    { run: runId },
  ) as [{ n: number }];
  return n;
}

/** @param folder that was made for them; null: it was there before */
function takeBack(made: readonly OwnFile[], folder: string | null): void {
  const removals = made.map((file) => () => removeOwn(file));
  if (folder !== null) removals.push(() => rmdirSync(folder));
  for (const remove of removals) {
    try {
      remove();
    } catch {
      // What could not be written is what is told.
    }
  }
}

/**
 * A spreadsheet takes text that begins with one of these signs for a formula, also behind blanks and in full width: an
 * apostrophe keeps it text.
 */
function inertColumns(columns: readonly string[]): string {
  return columns.map((column) =>
    `CASE WHEN regexp_matches(${column}, '^([\\s\\pZ\\pC]*[=+@＝＋－＠-]|[\\t\\r\\n])') THEN '''' || ${column} ELSE ${column} END AS ${column}`
  ).join(", ");
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
