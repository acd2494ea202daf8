import { findProgram, runProgram } from "../../stack/programs.ts";
import { wayIn } from "../peers/way_in.ts";

/** Rows of a pgbench scale of 1: accounts, tellers and a branch. */
const SCALE_ROWS = 100_000 + 10 + 1;
/** The scale that is set beside `full`: ten million rows. */
const MOST_SCALE = 100;
const TIME_LIMIT_MS = 3_600_000;

export interface Pgbench {
  readonly path: string;
  readonly version: string;
}

/** The pgbench on PATH, or why there is none. */
export async function findPgbench(): Promise<Pgbench | { readonly unavailable: string }> {
  const path = findProgram("pgbench");
  if (path === null) return { unavailable: "not found on PATH" };
  const { code, output } = await runProgram(path, ["--version"]);
  const version = /\d+(\.\d+)*\S*/.exec(output)?.[0];
  if (code !== 0 || version === undefined) {
    return { unavailable: `${path} --version ended with exit code ${code}` };
  }
  return { path, version };
}

/** The pgbench scale with about as many rows, from 1 to 100. */
export function pgbenchScale(rows: number): number {
  return Math.min(MOST_SCALE, Math.max(1, Math.round(rows / SCALE_ROWS)));
}

/** The rows of a pgbench scale. */
export function pgbenchRows(scale: number): number {
  return scale * SCALE_ROWS;
}

/**
 * Loads pgbench's own rows with its vacuum and primary keys, as `pgbench -i -s <scale>`.
 * @param url an empty database
 * @returns seconds, its start included
 * @throws what it said when it failed
 */
export async function initialise(
  { path }: Pgbench,
  url: string,
  scale: number,
  signal?: AbortSignal,
): Promise<number> {
  const begun = performance.now();
  const { code, output } = await runProgram(path, ["-i", "-q", "-s", String(scale)], {
    env: wayIn(url),
    timeoutMs: TIME_LIMIT_MS,
    signal,
  });
  if (code !== 0) throw new Error(output.trim().split("\n").at(-1) ?? `exit code ${code}`);
  return (performance.now() - begun) / 1000;
}
