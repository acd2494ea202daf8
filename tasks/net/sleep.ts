import { setTimeout } from "node:timers/promises";

/** Resolves after so many milliseconds. @throws {DOMException} `AbortError`, as soon as `signal` is aborted */
export function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  return setTimeout(ms, undefined, { signal });
}
