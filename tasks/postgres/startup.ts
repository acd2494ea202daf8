import type { Channel, Network } from "../net/channel.ts";
import { runtimeNetwork } from "../net/runtime_channel.ts";
import { md5Password, Scram } from "./auth.ts";
import type { CancelKey } from "./cancel.ts";
import { readError } from "./error.ts";
import type { PgOptions } from "./options.ts";
import { Backend, connectionLost, decodeText, Frontend, int32, MessageWriter, nextMessage } from "./wire.ts";

const PROTOCOL = 3 << 16;

/** Kinds of authentication that a server may ask for. */
const Authentication = { ok: 0, cleartext: 3, md5: 5, sasl: 10, saslContinue: 11, saslFinal: 12 } as const;

/**
 * Begins a session on a fresh connection: says who we are, proves it, and waits until the server is ready. What
 * arrived behind that stays in the inbox.
 * @param network where what other threads do is waited for
 * @returns by what its statements can be cancelled; null where the server gives nothing
 * @throws {PgError} what the server says.
 */
export async function startSession(
  channel: Channel,
  options: PgOptions,
  network: Pick<Network, "elsewhere"> = runtimeNetwork,
): Promise<CancelKey | null> {
  const { inbox } = channel;
  const writer = new MessageWriter();
  const send = (message: MessageWriter) => {
    // The writer is used again before an answer is there.
    channel.send(message.bytes.slice(), message.length);
    message.clear();
  };
  writer.begin(null).int32(PROTOCOL);
  for (const [name, value] of Object.entries(options.session)) writer.string(name).string(value);
  send(writer.string("client_encoding").string("UTF8").byte(0).end());

  let scram: Scram | null = null;
  let key: CancelKey | null = null;
  // A password may lie in a file, and a proof takes thousands of hashes: neither must keep this thread.
  const password = () => network.elsewhere(() => passwordOf(options));
  for (;;) {
    const { type, body } = await nextMessage(inbox);
    if (type === Backend.readyForQuery) return key;
    if (type === Backend.backendKey) key = body;
    if (type === Backend.error) throw readError(body, 0, body.length);
    if (type !== Backend.authentication) continue;
    const kind = int32(body, 0);
    const content = body.subarray(4);
    const text = decodeText(content, 0, content.length);
    switch (kind) {
      case Authentication.ok:
        if (scram !== null && !scram.verified) throw unexpected();
        break;
      case Authentication.cleartext:
        send(writer.begin(Frontend.password).string(await password()).end());
        break;
      case Authentication.md5: {
        const hash = md5Password(options.user, await password(), content);
        send(writer.begin(Frontend.password).string(hash).end());
        break;
      }
      case Authentication.sasl:
        if (!text.split("\0").includes(Scram.mechanism)) {
          throw new Error(`the server offers none of the mechanisms that are known: ${Scram.mechanism}`);
        }
        scram = new Scram(await password());
        send(writer.begin(Frontend.password).string(Scram.mechanism).value(scram.first).end());
        break;
      case Authentication.saslContinue:
        if (scram === null) throw unexpected();
        send(writer.begin(Frontend.password).text(await network.elsewhere(() => scram!.last(text))).end());
        break;
      case Authentication.saslFinal:
        if (scram === null) throw unexpected();
        scram.verify(text);
        break;
      default:
        throw new Error(`the server asks for an authentication that is not known: number ${kind}`);
    }
  }
}

async function passwordOf(options: PgOptions): Promise<string> {
  const password = await options.password();
  if (password === null) throw new Error("the server asks for a password and none is given");
  return password;
}

function unexpected(): Error {
  return connectionLost("the server's authentication is not PostgreSQL's protocol");
}
