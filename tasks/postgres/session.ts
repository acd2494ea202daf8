import type { Network } from "../net/channel.ts";
import { PgError } from "./error.ts";
import type { PgOptions } from "./options.ts";
import type { SessionChannel } from "./session_channel.ts";
import { type SessionStart, startSession } from "./startup.ts";
import type { Way } from "./tls_options.ts";
import { TlsError } from "./transport.ts";

/** A session that has begun. */
export interface PgSession<C> {
  readonly channel: C;
  readonly start: SessionStart;
  /** The way that led to it. */
  readonly way: Way;
}

/** A login that the server refuses by its rules for the way it came: pg_hba.conf may have others for the other way. */
const NOT_THIS_WAY = "28000";

/**
 * Opens a session on the first way that leads to one, as libpq does: with `prefer` TLS, and without it where the
 * server has none, shows a certificate that is not believed, or does not take logins that come so; with `allow` the
 * other way round. A wrong password is not tried a second time.
 * @param open opens a channel; it is closed where no session begins on it
 * @param network where what other threads do is waited for
 * @throws what stood against the first way, or against the second where the first was no offer
 */
export async function openSession<C extends SessionChannel>(
  options: PgOptions,
  open: (way: Way) => Promise<C>,
  network?: Pick<Network, "elsewhere">,
): Promise<PgSession<C>> {
  const [first, second] = options.ways;
  try {
    return await begin(options, first, open, network);
  } catch (error) {
    if (second === undefined || !speaksAgainstTheWay(error)) throw error;
    return await begin(options, second, open, network);
  }
}

async function begin<C extends SessionChannel>(
  options: PgOptions,
  way: Way,
  open: (way: Way) => Promise<C>,
  network?: Pick<Network, "elsewhere">,
): Promise<PgSession<C>> {
  const channel = await open(way);
  try {
    return { channel, start: await startSession(channel, options, network), way };
  } catch (error) {
    channel.close();
    throw error;
  }
}

function speaksAgainstTheWay(error: unknown): boolean {
  return error instanceof TlsError || error instanceof PgError && error.code === NOT_THIS_WAY;
}
