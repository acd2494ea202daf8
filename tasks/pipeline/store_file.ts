import { dirname, join, resolve } from "node:path";
import type { Config } from "../config.ts";
import { UsageError } from "../model/errors.ts";

/** Where the store lies: `--db`, else in the reports folder. */
export function storeFile(config: Config, db: string | undefined): string {
  return db === undefined ? join(config.reports, "benchbook.duckdb") : resolve(db);
}

/** Where DuckDB's files say what they are. */
const MARK = { at: 8, text: "DUCK" } as const;

/**
 * The same for a run, which comes to its store last: what `--db` names is looked at before anything is measured.
 * @throws {UsageError} where `--db` can be no store
 */
export function storeForRun(config: Config, db: string | undefined): string {
  const file = storeFile(config, db);
  if (db === undefined) return file;
  const fault = (what: string) =>
    new UsageError(
      `Cannot store runs in ${file}: ${what}`,
      "Give --db the path of a DuckDB file, new or not.",
    );
  try {
    Deno.mkdirSync(dirname(file), { recursive: true });
  } catch (error) {
    throw fault(`its folder cannot be made (${(error as Error).message})`);
  }
  let there: Deno.FileInfo;
  try {
    there = Deno.statSync(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return file;
    throw fault((error as Error).message);
  }
  if (there.isDirectory) throw fault("it is a folder");
  if (there.size > 0 && !isDuckDb(file)) throw fault("it is no DuckDB file");
  return file;
}

function isDuckDb(file: string): boolean {
  const bytes = new Uint8Array(MARK.at + MARK.text.length);
  using opened = Deno.openSync(file);
  opened.readSync(bytes);
  return new TextDecoder().decode(bytes.subarray(MARK.at)) === MARK.text;
}
