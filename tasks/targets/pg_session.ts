import type { Channel, Network } from "../net/channel.ts";
import { Inbox } from "../net/inbox.ts";
import { withinLimit } from "../net/time_limit.ts";
import type { PgOptions } from "../postgres/options.ts";
import { openSession, type PgSession } from "../postgres/session.ts";
import { openChannel } from "../postgres/transport.ts";

/**
 * Opens a session over a network, and does something with it.
 * @param timeoutMs for all of it, from the address to what is done
 * @throws {PgError} what the server says; the system's error where it was not reached.
 */
export async function withSession<T>(
  options: PgOptions,
  timeoutMs: number,
  network: Network,
  work: (session: PgSession<Channel>) => T | Promise<T>,
): Promise<T> {
  return await withinLimit(network, timeoutMs, async (signal) => {
    let inbox: Inbox | null = null;
    signal.addEventListener("abort", () => inbox?.close(new Error("given up")));
    const session = await openSession(
      options,
      (way) => openChannel(options, way, inbox = new Inbox(), network, signal),
      network,
    );
    return await work(session);
  });
}
