import { join } from "node:path";
import { findProgram, runProgram } from "../../stack/programs.ts";
import { callPeer, rateOf } from "./call.ts";
import type { PeerRate, Turn } from "./peer.ts";

/** An Artillery that can be called. */
export interface Artillery {
  readonly path: string;
  readonly version: string;
}

/**
 * The Artillery on PATH, or why there is none. It is not fetched as autocannon is: with nearly 500 packages, half a
 * gigabyte, it is not brought in unasked.
 */
export async function findArtillery(): Promise<Artillery | { readonly unavailable: string }> {
  const path = findProgram("artillery");
  if (path === null) return { unavailable: "not found on PATH (npm install -g artillery brings it)" };
  const { code, output } = await runProgram(path, ["--version"], { env: QUIET });
  const version = parseArtilleryVersion(output);
  return version !== null
    ? { path, version }
    : { unavailable: `${path} --version ended with exit code ${code} and no version` };
}

/** Nobody is told that it was used. */
const QUIET = { ARTILLERY_DISABLE_TELEMETRY: "true" };

/** Of what `artillery --version` prints; null where it has none. */
export function parseArtilleryVersion(output: string): string | null {
  return /^Artillery: (\S+)/m.exec(output)?.[1] ?? null;
}

/**
 * Runs a script whose processor counts as queries/selfbench/artillery_window.mjs has it.
 * @returns right answers a second while all its users were at it
 * @throws {ServiceError} when a user failed
 */
export async function runArtillery(
  { path }: Artillery,
  script: string,
  env: Readonly<Record<string, string>>,
  turn: Turn,
): Promise<number> {
  const report = join(turn.dir, "artillery-report.json");
  const { seconds } = turn;
  await callPeer(
    { name: "Artillery", command: [path], env: { ...QUIET, ...env, BENCHBOOK_SECONDS: String(seconds) } },
    ["run", "--quiet", "--output", report, script],
    turn,
  );
  const text = Deno.readTextFileSync(report);
  Deno.removeSync(report);
  return rateOf("Artillery", parseArtillery(text, turn));
}

/** The answers that were counted, a second, by the JSON of `artillery run --output`. */
export function parseArtillery(
  json: string,
  { connections, seconds }: Pick<Turn, "connections" | "seconds">,
): PeerRate {
  let counters: Readonly<Record<string, number>>;
  try {
    ({ counters } = (JSON.parse(json) as { aggregate: { counters: Record<string, number> } }).aggregate);
  } catch {
    return { failure: "its report has no counters" };
  }
  const failed = counters["vusers.failed"] ?? 0;
  const errors = kindsOf(counters, "errors.");
  if (failed > 0 || errors.length > 0) {
    return { failure: `${failed} of ${connections} users failed (${errors.join(", ")})` };
  }
  // To Artillery an answer is an answer, whatever its status.
  const codes = kindsOf(counters, "http.codes.").filter((code) => !code.startsWith("2"));
  if (codes.length > 0) return { failure: `it had answers of HTTP status ${codes.join(", ")}` };
  const completed = counters["vusers.completed"] ?? 0;
  if (completed !== connections) {
    return { failure: `${completed} of ${connections} users came to their end` };
  }
  const answers = counters["benchbook.answers"] ?? 0;
  return answers > 0 ? { rate: answers / seconds } : { failure: "it counted no answer" };
}

/** What follows a prefix in the names of counters. */
function kindsOf(counters: Readonly<Record<string, number>>, prefix: string): string[] {
  return Object.keys(counters).filter((name) => name.startsWith(prefix)).map((name) =>
    name.slice(prefix.length)
  );
}
