import type { Channel, Network } from "../net/channel.ts";
import { runtimeNetwork } from "../net/runtime_channel.ts";
import { md5Password, Scram } from "./auth.ts";
import type { AuthMethod } from "./auth_options.ts";
import { bindingOf } from "./channel_binding.ts";
import { readError } from "./error.ts";
import type { PgOptions } from "./options.ts";
import type { SessionChannel } from "./session_channel.ts";
import { Backend, decodeText, Frontend, int32, MessageWriter, nextMessage, notTheProtocol } from "./wire.ts";

const PROTOCOL = 3 << 16;

/** Kinds of authentication that a server may ask for. */
const Authentication = { ok: 0, cleartext: 3, md5: 5, sasl: 10, saslContinue: 11, saslFinal: 12 } as const;

/** libpq's limits: a server that says more before it is ready is none. */
const MOST_BYTES = 30_000;
const MOST_AUTHENTICATION_BYTES = 2000;
/** What a server may say between the login and its readiness: some twenty settings, and what triggers have to tell. */
const MOST_MESSAGES = 1000;
const MOST_ALL_BYTES = 1_000_000;

/**
 * By what a session is told to cancel its statement: the number of its process and a secret, as the server's
 * BackendKeyData has them. The secret has 4 bytes in protocol 3.0 and may have more in 3.2.
 */
export type CancelKey = Uint8Array;

type Elsewhere = Pick<Network, "elsewhere">;

/** What a server says as a session begins. */
export interface SessionStart {
  /** By what its statements can be cancelled; null where the server gives nothing. */
  readonly key: CancelKey | null;
  /** ParameterStatus and BackendKeyData, as they came. */
  readonly messages: Uint8Array;
}

/**
 * Begins a session on a fresh connection: says who we are, proves it, and waits until the server is ready. What
 * arrived behind that stays in the inbox.
 *
 * Nothing is taken out of its turn: the password is given once, and a server that uses SCRAM has proved itself
 * before anything else is believed.
 * @param network where what other threads do is waited for
 * @throws {PgError} what the server says.
 */
export async function startSession(
  channel: SessionChannel,
  options: PgOptions,
  network: Elsewhere = runtimeNetwork,
): Promise<SessionStart> {
  const writer = new MessageWriter().begin(null).int32(PROTOCOL);
  for (const [name, value] of Object.entries(options.session)) writer.string(name).string(value);
  send(channel, writer.string("client_encoding").string("UTF8").byte(0).end());
  await authenticate(channel, options, network);
  return await untilReady(channel);
}

async function authenticate(channel: SessionChannel, options: PgOptions, network: Elsewhere): Promise<void> {
  // A password may lie in a file, and a proof takes thousands of hashes: neither must keep this thread.
  const password = () => network.elsewhere(() => passwordOf(options));
  let { kind, content } = await nextAuthentication(channel);
  switch (kind) {
    case Authentication.ok:
      mustBeAllowed(options, "none");
      return;
    case Authentication.cleartext: {
      mustBeAllowed(options, "password");
      const text = await password();
      answer(channel, (writer) => writer.string(text));
      break;
    }
    case Authentication.md5: {
      mustBeAllowed(options, "md5");
      if (content.length !== 4) throw notTheProtocol();
      const hash = md5Password(options.user, await password(), content);
      answer(channel, (writer) => writer.string(hash));
      break;
    }
    case Authentication.sasl:
      mustBeAllowed(options, "scram-sha-256");
      await exchangeScram(channel, await scramOf(channel, options, content, password), network);
      break;
    case Authentication.saslContinue:
    case Authentication.saslFinal:
      throw notTheProtocol();
    default:
      throw new Error(`the server asks for an authentication that is not known: number ${kind}`);
  }
  ({ kind, content } = await nextAuthentication(channel));
  if (kind !== Authentication.ok) throw notTheProtocol();
}

async function scramOf(
  channel: SessionChannel,
  { channelBinding }: PgOptions,
  offer: Uint8Array,
  password: () => Promise<string>,
): Promise<Scram> {
  const offered = decodeText(offer, 0, offer.length).split("\0").filter((name) => name !== "");
  const binding = bindingOf(offered, channelBinding, channel.certificate ?? null);
  return new Scram(await password(), binding);
}

/** One exchange, after which the server has proved itself. */
async function exchangeScram(channel: Channel, scram: Scram, network: Elsewhere): Promise<void> {
  answer(channel, (writer) => writer.string(scram.mechanism).value(scram.first));
  const first = await nextAuthentication(channel);
  if (first.kind !== Authentication.saslContinue) throw notTheProtocol();
  const challenge = decodeText(first.content, 0, first.content.length);
  // It has nothing to say while we calculate.
  const { inbox } = channel;
  inbox.onBytes = () => {
    if (inbox.end - inbox.start <= MOST_BYTES) return;
    channel.close();
    inbox.close(notTheProtocol());
  };
  const last = await network.elsewhere(() => scram.last(challenge));
  answer(channel, (writer) => writer.text(last));
  const final = await nextAuthentication(channel);
  if (final.kind !== Authentication.saslFinal) throw notTheProtocol();
  scram.verify(decodeText(final.content, 0, final.content.length));
}

/** What the server asks for next. @throws its error, or that it says something else */
async function nextAuthentication(channel: Channel): Promise<{ kind: number; content: Uint8Array }> {
  const { type, body } = await nextMessage(
    channel.inbox,
    (type) =>
      type === Backend.authentication ? MOST_AUTHENTICATION_BYTES : type === Backend.error ? MOST_BYTES : -1,
  );
  if (type === Backend.error) throw readError(body, 0, body.length);
  if (body.length < 4) throw notTheProtocol();
  return { kind: int32(body, 0), content: body.subarray(4) };
}

const MAY_COME: ReadonlySet<number> = new Set([
  Backend.backendKeyData,
  Backend.error,
  Backend.notice,
  Backend.notification,
  Backend.parameterStatus,
  Backend.readyForQuery,
]);

async function untilReady({ inbox }: Channel): Promise<SessionStart> {
  const kept = new MessageWriter();
  let key: SessionStart["key"] = null;
  let allBytes = 0;
  for (let count = 0; count < MOST_MESSAGES && allBytes < MOST_ALL_BYTES; count++) {
    const { type, body } = await nextMessage(inbox, (type) => MAY_COME.has(type) ? MOST_BYTES : -1);
    allBytes += body.length;
    switch (type) {
      case Backend.readyForQuery:
        if (body.length !== 1) throw notTheProtocol();
        return { key, messages: kept.bytes.slice() };
      case Backend.error:
        throw readError(body, 0, body.length);
      case Backend.backendKeyData:
        if (body.length < 8 || key !== null) throw notTheProtocol();
        key = body;
        kept.begin(type).raw(body).end();
        break;
      case Backend.parameterStatus:
        if (body.at(-1) !== 0) throw notTheProtocol();
        kept.begin(type).raw(body).end();
    }
  }
  throw notTheProtocol();
}

function answer(channel: Channel, write: (writer: MessageWriter) => MessageWriter): void {
  send(channel, write(new MessageWriter().begin(Frontend.password)).end());
}

function send(channel: Channel, { bytes, length }: MessageWriter): void {
  channel.send(bytes, length);
}

function mustBeAllowed({ allowedAuth, channelBinding }: PgOptions, method: AuthMethod): void {
  if (!allowedAuth.has(method)) {
    throw new Error(
      method === "none"
        ? "the server asks for no authentication, and require_auth does not allow that"
        : `the server asks for the authentication ${method}, and require_auth does not allow it`,
    );
  }
  if (channelBinding === "require" && method !== "scram-sha-256") {
    throw new Error("channel binding is required, and the server does not ask for SCRAM");
  }
}

async function passwordOf(options: PgOptions): Promise<string> {
  const password = await options.password();
  if (password === null) throw new Error("the server asks for a password and none is given");
  return password;
}
