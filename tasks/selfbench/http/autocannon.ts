import { findProgram, runProgram } from "../../stack/programs.ts";

/** The version that is fetched where none is on PATH. */
const VERSION = "9.0.0";
const FETCH_MS = 120_000;

/** How autocannon is called: a program and its first arguments. */
export interface Autocannon {
  readonly command: readonly string[];
  readonly version: string;
}

/** The autocannon on PATH, else one that npx fetches, which is done here and so before any timing; or why not. */
export async function findAutocannon(): Promise<Autocannon | { readonly unavailable: string }> {
  const installed = findProgram("autocannon");
  const npx = findProgram("npx");
  if (installed === null && npx === null) return { unavailable: "neither it nor npx is on PATH" };
  const command = installed !== null ? [installed] : [npx!, "-y", `autocannon@${VERSION}`];
  const { code, output } = await runProgram(command[0]!, [...command.slice(1), "--version"], {
    timeoutMs: FETCH_MS,
  });
  const version = /^autocannon v(\S+)/m.exec(output)?.[1];
  if (code !== 0 || version === undefined) return { unavailable: "not on PATH, and npx could not fetch it" };
  return { command, version };
}

/** Answers a second, by the JSON that `autocannon --json` prints; null where it has none, or had errors. */
export function parseAutocannon(json: string): number | null {
  try {
    const { requests, duration, errors, non2xx } = JSON.parse(json) as {
      requests: { total: number };
      duration: number;
      errors: number;
      non2xx: number;
    };
    return errors > 0 || non2xx > 0 ? null : requests.total / duration;
  } catch {
    return null;
  }
}
