import { formatSeconds } from "../model/units.ts";
import type { Network } from "./channel.ts";
import { runtimeNetwork } from "./runtime_channel.ts";

/**
 * Opens a way to a server, or gives it up.
 * @param limitMs for all of it, from the address to the server's readiness
 * @param work leaves nothing open when its signal is aborted
 * @throws what `work` throws; where it was given up an error that says after how long, with the code ETIMEDOUT
 */
export async function withinLimit<T>(
  network: Network,
  limitMs: number,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new AbortController();
  // The network's own time: a timer of Deno's is seen late where a thread waits for its sockets itself.
  const forget = network.later(limitMs, () => limit.abort());
  try {
    return await network.handshake(() => work(limit.signal));
  } catch (error) {
    if (!limit.signal.aborted) throw error;
    const text = `no answer within ${formatSeconds(limitMs / 1000)}`;
    throw Object.assign(new Error(text, { cause: error }), { code: "ETIMEDOUT" });
  } finally {
    forget();
  }
}

/**
 * Waits for something, but not longer than this: what is not over by then goes on by itself.
 * @param later the network's own time, where a thread waits for its sockets itself
 */
export async function waitAtMost(
  limitMs: number,
  work: Promise<unknown>,
  later = runtimeNetwork.later,
): Promise<void> {
  let forget = () => {};
  const late = new Promise<void>((resolve) => forget = later(limitMs, resolve));
  try {
    await Promise.race([work, late]);
  } finally {
    forget();
  }
}
