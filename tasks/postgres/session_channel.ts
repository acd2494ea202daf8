import type { Channel } from "../net/channel.ts";

/** A channel as a session needs it. */
export interface SessionChannel extends Channel {
  /** What the server has shown of itself under TLS, DER; null without TLS, or where it cannot be had. */
  readonly certificate?: Uint8Array | null;
}
