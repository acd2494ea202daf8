import { join } from "node:path";
import { findProgram, runProgram } from "../../stack/programs.ts";
import { callPeer, rateOf } from "./call.ts";
import type { PeerRate, Turn } from "./peer.ts";

/** A k6 that can be called. */
export interface K6 {
  readonly path: string;
  readonly version: string;
  /** What its extensions let a script import, e.g. `k6/x/sql`. */
  readonly imports: readonly string[];
}

/** The k6 on PATH, or why there is none. */
export async function findK6(): Promise<K6 | { readonly unavailable: string }> {
  const path = findProgram("k6");
  if (path === null) return { unavailable: "not found on PATH" };
  const { code, output } = await runProgram(path, ["version"]);
  const found = parseK6Version(output);
  return found !== null
    ? { path, ...found }
    : { unavailable: `${path} version ended with exit code ${code} and no version` };
}

/** Of what `k6 version` prints: its version, then a line for each import of an extension; null for anything else. */
export function parseK6Version(output: string): Pick<K6, "version" | "imports"> | null {
  const version = /^k6 v(\S+)/m.exec(output)?.[1];
  if (version === undefined) return null;
  return { version, imports: [...output.matchAll(/^ .*, (\S+) \[js\]$/gm)].map(([, name]) => name!) };
}

/**
 * Runs a script in a closed loop. It counts right answers and failures, and writes its summary where
 * BENCHBOOK_SUMMARY says.
 * @returns right answers a second
 * @throws {ServiceError} when one failed
 */
export async function runK6(
  { path }: K6,
  script: string,
  env: Readonly<Record<string, string>>,
  turn: Turn,
): Promise<number> {
  const summary = join(turn.dir, "k6-summary.json");
  // Nobody is told that it was used.
  const quiet = { K6_NO_USAGE_REPORT: "true" };
  await callPeer(
    { name: "k6", command: [path], env: { ...quiet, ...env, BENCHBOOK_SUMMARY: summary } },
    ["run", "--quiet", "--vus", turn.connections, "--duration", `${turn.seconds}s`, script],
    turn,
  );
  const text = Deno.readTextFileSync(summary);
  Deno.removeSync(summary);
  return rateOf("k6", parseK6(text));
}

interface Counter {
  readonly values: { readonly count: number; readonly rate: number };
}

/** The answers that a script counted, a second, by the object that k6 gives its handleSummary. */
export function parseK6(json: string): PeerRate {
  let metrics: { readonly benchbook_answers?: Counter; readonly benchbook_failures?: Counter };
  try {
    ({ metrics } = JSON.parse(json));
    // A counter to which nothing was added may be missing.
    const failures = metrics.benchbook_failures?.values.count ?? 0;
    if (failures > 0) return { failure: `${failures} of its requests failed` };
    const { count, rate } = metrics.benchbook_answers?.values ?? { count: 0, rate: 0 };
    return count > 0 ? { rate } : { failure: "it counted no answer" };
  } catch {
    return { failure: "its summary has no metrics" };
  }
}
