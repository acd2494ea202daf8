import type { Channel, Network } from "../net/channel.ts";
import { limitedOptions, LIMITS_QUERY, type SessionLimits } from "../model/session_limits.ts";
import { readError } from "../postgres/error.ts";
import type { PgOptions } from "../postgres/options.ts";
import { Backend, Frontend, MessageWriter, mostBytes, nextMessage } from "../postgres/wire.ts";
import { withSession } from "./pg_session.ts";
import { readValues, rowOf } from "./pg_rows.ts";

const SETTING = { names: ["name", "setting"], parsers: [plain, plain] };

/**
 * The options of sessions in which nothing takes longer than its limit, see `limitedOptions`. Asks the server for
 * those that the role has already, over a connection that is gone when this resolves: where a role may have only so
 * many, it takes none of their places.
 * @throws what the server says, or the system's error
 */
export async function limited(
  options: PgOptions,
  limits: SessionLimits,
  timeoutMs: number,
  network: Network,
): Promise<PgOptions> {
  const found = await withSession(options, timeoutMs, network, async ({ channel }) => {
    try {
      return await settings(channel);
    } finally {
      channel.close();
    }
  });
  const text = limitedOptions(found, limits, options.session.options);
  return text === undefined ? options : { ...options, session: { ...options.session, options: text } };
}

async function settings(channel: Channel): Promise<{ name: string; setting: string }[]> {
  const { inbox } = channel;
  const send = (message: MessageWriter) => channel.send(message.buffer, message.length);
  // The simple protocol: every pooler takes it, and there is nothing to prepare.
  send(new MessageWriter().begin(Frontend.query).string(LIMITS_QUERY).end());
  const rows: { name: string; setting: string }[] = [];
  for (;;) {
    const { type, body } = await nextMessage(inbox, mostBytes);
    if (type === Backend.error) throw readError(body, 0, body.length);
    if (type === Backend.dataRow) {
      rows.push(
        rowOf(readValues(body, 0, body.length, SETTING), SETTING) as { name: string; setting: string },
      );
    }
    if (type === Backend.readyForQuery) break;
  }
  send(new MessageWriter().begin(Frontend.terminate).end());
  while (await inbox.more()) inbox.start = inbox.end;
  return rows;
}

function plain(text: string): string {
  return text;
}
