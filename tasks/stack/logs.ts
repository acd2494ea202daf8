import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import type { Config } from "../config.ts";
import { UsageError } from "../model/errors.ts";
import { hint } from "../model/suggest.ts";
import { sleep } from "../net/sleep.ts";

/** At most this much of the end of a log is searched for its last lines. */
const TAIL_BYTES = 1_000_000;

/** The services that have a log, by name. */
export function listLogs(config: Pick<Config, "home">): string[] {
  const folder = join(config.home, "logs");
  if (!existsSync(folder)) return [];
  return readdirSync(folder).filter((name) => name.endsWith(".log")).map((name) => basename(name, ".log"))
    .sort();
}

/**
 * Where a service's log ends by now, in bytes.
 * @throws {UsageError} when there is no log of that name.
 */
export function logEnd(config: Pick<Config, "home">, service: string): number {
  return statSync(logPath(config, service)).size;
}

/**
 * The last lines of a service's log.
 * @param end as if nothing stood behind it
 * @throws {UsageError} when there is no log of that name.
 */
export function readLog(
  config: Pick<Config, "home">,
  service: string,
  lines = 100,
  end = logEnd(config, service),
): string {
  const text = readRange(logPath(config, service), Math.max(0, end - TAIL_BYTES), end);
  return text.replace(/\n$/, "").split("\n").slice(-lines).join("\n");
}

/** Hands on what is added to a log behind a place until the signal is aborted. */
export async function followLog(
  config: Pick<Config, "home">,
  service: string,
  onText: (text: string) => void,
  signal: AbortSignal,
  from = logEnd(config, service),
): Promise<void> {
  const path = logPath(config, service);
  let position = from;
  while (!signal.aborted) {
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    // Smaller: the log was moved aside and begun anew.
    if (size < position) position = 0;
    if (size > position) {
      onText(readRange(path, position, size));
      position = size;
    }
    await sleep(200, signal).catch(() => {});
  }
}

function logPath(config: Pick<Config, "home">, service: string): string {
  const known = listLogs(config);
  if (!known.includes(service)) {
    throw new UsageError(
      `Cannot show the log of "${service}": ${
        known.length === 0 ? "no service was started yet" : "there is none"
      }`,
      known.length === 0 ? "Start the stack with `deno task up`." : hint(service, known),
    );
  }
  return join(config.home, "logs", `${service}.log`);
}

function readRange(path: string, from: number, to: number): string {
  const bytes = new Uint8Array(to - from);
  using file = Deno.openSync(path);
  file.seekSync(from, Deno.SeekMode.Start);
  return new TextDecoder().decode(bytes.subarray(0, file.readSync(bytes) ?? 0));
}
