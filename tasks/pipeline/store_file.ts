import { join, resolve } from "node:path";
import type { Config } from "../config.ts";

/** Where the store lies: `--db`, else in the reports folder. */
export function storeFile(config: Config, db: string | undefined): string {
  return db === undefined ? join(config.reports, "benchbook.duckdb") : resolve(db);
}
