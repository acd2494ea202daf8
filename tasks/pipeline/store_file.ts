import { dirname, join, resolve } from "node:path";
import type { Config } from "../config.ts";
import { ServiceError, UsageError } from "../model/errors.ts";
import { prepareReports } from "../stack/reports_folder.ts";
import { probeTemporaryFiles } from "../files/temporary.ts";
import { fileProblem, isNoFile } from "../store/duckdb_file.ts";
import { openStore, type Store, StoreBusyError } from "../store/open.ts";
import { storeProblem } from "../store/store_problem.ts";

/** Where the store lies: `--db`, else in the reports folder. */
export function storeFile(config: Config, db: string | undefined): string {
  return db === undefined ? join(config.reports, "benchbook.duckdb") : resolve(db);
}

/**
 * The same for a run, which comes to its store last: the file is looked at before anything is measured.
 * @throws {UsageError} where `--db` can be no store
 * @throws {ServiceError} where a part of the store is missing
 */
export function storeForRun(config: Config, db: string | undefined): string {
  const file = storeFile(config, db);
  const fault = (what: string) =>
    new UsageError(
      `Cannot store runs in ${file}: ${what}`,
      "Give --db the path of a DuckDB file, new or not.",
    );
  if (db !== undefined) {
    try {
      Deno.mkdirSync(dirname(file), { recursive: true });
    } catch (error) {
      throw fault(`its folder cannot be made (${(error as Error).message})`);
    }
  }
  let problem: ReturnType<typeof fileProblem>;
  try {
    problem = fileProblem(file);
  } catch (error) {
    throw fault((error as Error).message);
  }
  if (problem !== null && (problem === "is not a DuckDB file" || isNoFile(problem))) {
    throw fault(`it ${problem}`);
  }
  if (problem !== null) throw incomplete(file, problem);
  return file;
}

function incomplete(file: string, problem: string): ServiceError {
  return new ServiceError(
    `Cannot store runs in ${file}: it ${problem}`,
    "Put a whole copy in its place, move it away (the next bench makes a new one), or name another with --db.",
  );
}

/**
 * Makes sure that what a run comes to can be kept: that there is a place for its report, and a store that can be
 * written to. A store that somebody has open at the moment is waited for when the run has ended.
 * @throws {UsageError} where files of the user's lie in their place
 * @throws {ServiceError} where they cannot be written
 */
export async function prepareResults(
  config: Config,
  db: string,
  { report }: { readonly report: boolean },
): Promise<void> {
  if (report) {
    prepareReports(config.reports);
    probeTemporaryFiles();
  }
  using store = await openIfFree(db);
  const problem = store === null ? null : await storeProblem(store);
  if (problem !== null) throw incomplete(db, problem);
}

/** A store to write to; null where somebody has it open. */
export async function openIfFree(db: string): Promise<Store | null> {
  try {
    return await openStore(db, { mode: "write", waitMs: 0 });
  } catch (error) {
    if (error instanceof StoreBusyError) return null;
    throw error;
  }
}
