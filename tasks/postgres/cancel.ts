import type { Network } from "../net/channel.ts";
import { Inbox } from "../net/inbox.ts";
import { withinLimit } from "../net/time_limit.ts";
import type { PgOptions } from "./options.ts";
import type { CancelKey } from "./startup.ts";
import type { Way } from "./tls_options.ts";
import { openChannel } from "./transport.ts";
import { MessageWriter } from "./wire.ts";

/** How a session's statements can be cancelled. */
export interface Cancel {
  readonly key: CancelKey;
  /** The way that led to the session: its key is not to be seen on another. */
  readonly way: Way;
}

const CANCEL = 80_877_102;

/**
 * Asks the server to cancel the statement under way in a session, over a connection of its own. Resolves when the
 * server has ended that: whatever the statement does, it has been told by then, and what is sent afterwards is not
 * meant. Whether it is cancelled stands in the session's own answer.
 * @throws the system's error, or that of the time limit
 */
export function requestCancel(
  options: PgOptions,
  { key, way }: Cancel,
  limitMs: number,
  network: Network,
): Promise<void> {
  return withinLimit(network, limitMs, async (signal) => {
    const inbox = new Inbox();
    const channel = await openChannel(options, way, inbox, network, signal);
    signal.addEventListener("abort", () => inbox.close(new Error("given up")));
    try {
      const message = new MessageWriter().begin(null).int32(CANCEL).raw(key).end();
      channel.send(message.buffer, message.length);
      while (await inbox.more()) inbox.start = inbox.end;
    } finally {
      channel.close();
    }
  });
}
