/**
 * The Jupyter wire protocol, version 5.3: messages of signed JSON parts
 * (https://jupyter-client.readthedocs.io/en/stable/messaging.html#wire-protocol).
 */
import { createHmac, randomUUID, timingSafeEqual } from "node:crypto";

export interface MessageHeader {
  readonly msg_id: string;
  readonly msg_type: string;
  readonly session: string;
  readonly username: string;
  readonly date: string;
  readonly version: string;
}

export interface Message {
  readonly header: MessageHeader;
  /** The header of the request that this answers or belongs to; empty when there is none. */
  readonly parent: Partial<MessageHeader>;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly content: Readonly<Record<string, unknown>>;
}

/** What a connection file says: where a kernel listens, and the key that signs messages. */
export interface ConnectionInfo {
  readonly transport: "tcp";
  readonly ip: string;
  readonly shell_port: number;
  readonly iopub_port: number;
  readonly stdin_port: number;
  readonly control_port: number;
  readonly hb_port: number;
  readonly signature_scheme: "hmac-sha256";
  readonly key: string;
}

const DELIMITER = "<IDS|MSG>";

/** A request of a type of the protocol, with an id of its own. */
export function request(type: string, session: string, content: Record<string, unknown>): Message {
  return {
    header: {
      msg_id: randomUUID(),
      msg_type: type,
      session,
      username: "benchbook",
      date: new Date().toISOString(),
      version: "5.3",
    },
    parent: {},
    metadata: {},
    content,
  };
}

/** The parts of a signed message, ready for a DEALER socket. */
export function encode(message: Message, key: string): Uint8Array[] {
  const encoder = new TextEncoder();
  const json = [message.header, message.parent, message.metadata, message.content].map((part) =>
    encoder.encode(JSON.stringify(part))
  );
  return [encoder.encode(DELIMITER), encoder.encode(sign(json, key)), ...json];
}

/**
 * Reads a message and verifies its signature.
 * @throws {Error} when a part is missing, is no JSON, or the signature is not the key's.
 */
export function decode(parts: readonly Uint8Array[], key: string): Message {
  const decoder = new TextDecoder();
  // Routing identities or a topic may precede the delimiter.
  const at = parts.findIndex((part) =>
    part.length === DELIMITER.length && decoder.decode(part) === DELIMITER
  );
  const json = parts.slice(at + 2, at + 6);
  if (at < 0 || json.length < 4) {
    throw new Error(`Cannot read a kernel's message as it must have a signature and four parts: it has not`);
  }
  const given = parts[at + 1]!;
  const own = new TextEncoder().encode(sign(json, key));
  if (given.length !== own.length || !timingSafeEqual(given, own)) {
    throw new Error("Cannot trust a kernel's message as its signature must match: it does not");
  }
  const [header, parent, metadata, content] = json.map((part) => JSON.parse(decoder.decode(part)));
  return { header, parent: parent ?? {}, metadata, content };
}

function sign(parts: readonly Uint8Array[], key: string): string {
  const hmac = createHmac("sha256", key);
  for (const part of parts) hmac.update(part);
  return hmac.digest("hex");
}
