import { readFileSync, writeFileSync } from "node:fs";
import { deserialize, serialize } from "node:v8";
import type { RunSummary } from "../model/summary.ts";
import type { StoredRun } from "./runs.ts";

/** What was read of a run, or computed from it, handed to another process so that it need not do so again. */
export interface Prepared {
  readonly run: StoredRun;
  readonly summary: RunSummary;
  /** The rows of queries of queries/analysis/, by name. */
  readonly rows: Readonly<Record<string, readonly unknown[]>>;
}

/** Writes a file for `openRun`. JSON knows neither dates nor what is endless. */
export function writePrepared(file: string, prepared: Prepared): void {
  writeFileSync(file, serialize(prepared));
}

/** What `writePrepared` wrote. */
export function readPrepared(file: string): Prepared {
  return deserialize(readFileSync(file));
}
