import { mkdirSync, mkdtempSync, readdirSync, rmdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import type { Config } from "../config.ts";
import { type OwnFile, removeOwn } from "../files/own_file.ts";
import { placeFile } from "../files/place_file.ts";
import { ServiceError, UsageError } from "../model/errors.ts";
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
import { storeFile } from "./store_file.ts";

/** The files of an export. */
const FILES = ["timings.parquet", "timings.csv", "summary.json", "metrics.txt"] as const;

/** What the system says of a place that is right and cannot be written to. */
const REFUSED = new Set(["EACCES", "EDQUOT", "EIO", "ENOSPC", "EPERM", "EROFS"]);

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
  prepareFolder(place);
  const rows = await writeFiles(store, summary, place);
  say(`Wrote ${formatCount(rows)} timings of ${runId}, and its summary:`);
  for (const file of FILES) say(`  ${join(place, file)}`);
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
 * @returns how many timings they hold
 * @throws {UsageError} where a name is taken; {ServiceError} where they cannot be written; none of ours is left
 */
async function writeFiles(store: Store, summary: RunSummary, place: string): Promise<number> {
  const made: OwnFile[] = [];
  let parts: string | null = null;
  try {
    parts = mkdtempSync(join(place, ".export-"));
    const rows = await writeTimings(store, summary.run.runId, parts);
    writeFileSync(join(parts, "summary.json"), `${JSON.stringify(summary, null, 1)}\n`);
    writeFileSync(join(parts, "metrics.txt"), openMetrics(summary));
    for (const file of FILES) {
      made.push(placeFile(join(parts, file), join(place, file)));
    }
    rmdirSync(parts);
    return rows;
  } catch (error) {
    takeBack(parts, made);
    if ((error as NodeJS.ErrnoException).code === "EEXIST") throw notEmpty(place, takenBy(error));
    // What the store's own error is about is a file of the export.
    const { message } = (error as Error).cause instanceof Error
      ? (error as Error).cause as Error
      : error as Error;
    throw new ServiceError(
      `Cannot export into ${place}: ${message}`,
      "Free space there, or name another folder.",
      { cause: error },
    );
  }
}

/**
 * Files of such names may be anybody's, so none is written over.
 * @throws {UsageError} where it is not empty, or cannot be a folder
 * @throws {ServiceError} where it cannot be written to
 */
function prepareFolder(place: string): void {
  let held: string | undefined;
  try {
    mkdirSync(place, { recursive: true });
    [held] = readdirSync(place);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const Refused = REFUSED.has(code ?? "") ? ServiceError : UsageError;
    throw new Refused(`Cannot export into ${place}: ${message}`, "Name another folder.");
  }
  if (held !== undefined) throw notEmpty(place, held);
}

function notEmpty(place: string, held: string): UsageError {
  return new UsageError(
    `Cannot export into ${place}, as it must be empty: it holds ${held}`,
    "Nothing was written. Name a folder that is empty or is not there yet.",
  );
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

/** @param parts the folder of our own in which they were written */
function takeBack(parts: string | null, made: readonly OwnFile[]): void {
  const removals = made.map((file) => () => removeOwn(file));
  if (parts !== null) removals.push(() => rmSync(parts, { force: true, recursive: true }));
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
