import { ServiceError } from "../model/errors.ts";

/** A loopback port that nothing listens on right now. The caller retries when it loses the race for it. */
export function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/**
 * Starts something on a free port and tries another one when that port was taken in the meantime.
 * `attempt` returns "port taken" for that case and throws for any other.
 * @param wanted the only port that will do
 */
export async function onFreePort<T>(
  attempt: (port: number) => Promise<T | "port taken">,
  wanted?: number,
): Promise<T> {
  for (let left = 4;; left--) {
    const port = wanted ?? freePort();
    const result = await attempt(port);
    if (result !== "port taken") return result;
    if (wanted !== undefined) {
      throw new ServiceError(
        `Cannot listen on port ${port} again: another program has taken it meanwhile`,
        "Run the task again.",
      );
    }
    if (left === 0) {
      throw new Error(`Cannot listen on a free loopback port: ${port} was taken, as were four more`);
    }
  }
}
