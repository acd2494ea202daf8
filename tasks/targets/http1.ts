import type { Channel, Network } from "../net/channel.ts";
import { Inbox } from "../net/inbox.ts";
import { RuntimeChannel, runtimeNetwork } from "../net/runtime_channel.ts";
import { type HttpEndpoint, requestHead } from "./http_request.ts";
import { type HttpResponse, ResponseReader } from "./http_response.ts";

const encoder = new TextEncoder();
const CONNECT_TIMEOUT_MS = 5000;

/** Hears of one request. */
export interface HttpListener {
  /** Its bytes go out now. */
  onSent(): void;
  /**
   * Called once for every request: with the whole answer, whose body is valid only during the call, or with what
   * broke the connection, which is closed then.
   */
  onAnswer(answer: HttpResponse | Error): void;
}

/**
 * HTTP/1.1 over one kept-alive connection, one request at a time, written straight to the socket: on the
 * measured path fetch costs three to four times as much client CPU a request, and hides when a
 * connection was acquired and when the request went out.
 */
export class HttpConnection {
  readonly #endpoint: HttpEndpoint;
  readonly #head: string;
  readonly #network: Network;
  readonly #reader = new ResponseReader();
  #request = new Uint8Array(1024);
  #channel: Channel | null = null;
  #listener: HttpListener | null = null;

  /** @param network opens what needs no TLS */
  constructor(endpoint: HttpEndpoint, network: Network = runtimeNetwork) {
    this.#endpoint = endpoint;
    this.#head = requestHead(endpoint);
    this.#network = network;
  }

  get open(): boolean {
    return this.#channel !== null;
  }

  /** @throws the system's error */
  async connect(): Promise<void> {
    const inbox = new Inbox();
    const channel = await this.#network.outside(() => this.#openChannel(inbox));
    inbox.onBytes = () => this.#arrived(inbox);
    inbox.onEnd = (error) => this.#ended(channel, error);
    this.#channel = channel;
    if (inbox.ended !== null) this.#ended(channel, inbox.ended.error);
  }

  /** Ends the connection; a request under way fails. */
  close(): void {
    this.#channel?.close();
    this.#channel = null;
    this.#answer(connectionClosed());
  }

  /** Posts a JSON body; the request before must have been answered, and the connection be open. */
  post(body: string, listener: HttpListener): void {
    const channel = this.#channel!;
    this.#listener = listener;
    this.#reader.begin();
    const length = this.#write(body);
    listener.onSent();
    channel.send(this.#request, length);
  }

  /** @returns bytes of the request */
  #write(body: string): number {
    // UTF-8 takes at most three bytes for one unit of UTF-16, and the length's digits come between.
    const needed = this.#head.length + 32 + body.length * 3;
    if (this.#request.length < needed) this.#request = new Uint8Array(2 * needed);
    const request = this.#request;
    // The body is written first, where it lies behind the longest head: its bytes are not known before.
    const bodyAt = this.#head.length + 32;
    const bodyLength = encoder.encodeInto(body, request.subarray(bodyAt)).written;
    const head = `${this.#head}${bodyLength}\r\n\r\n`;
    encoder.encodeInto(head, request);
    request.copyWithin(head.length, bodyAt, bodyAt + bodyLength);
    return head.length + bodyLength;
  }

  async #openChannel(inbox: Inbox): Promise<Channel> {
    const { hostname, port, tls } = this.#endpoint;
    if (!tls) {
      return await this.#network.connect(
        { host: hostname, port },
        inbox,
        AbortSignal.timeout(CONNECT_TIMEOUT_MS),
      );
    }
    const secured = await Deno.connectTls({ hostname, port });
    await secured.handshake();
    return new RuntimeChannel(secured, inbox);
  }

  #arrived(inbox: Inbox): void {
    // What comes unasked belongs to nothing.
    if (this.#listener === null) return this.close();
    let response: HttpResponse | null;
    try {
      response = this.#reader.read(inbox.bytes, inbox.end);
    } catch (error) {
      this.#channel?.close();
      this.#channel = null;
      return this.#answer(error as Error);
    }
    if (response === null) return;
    inbox.start = inbox.end;
    if (response.last) {
      this.#channel?.close();
      this.#channel = null;
    }
    this.#answer(response);
  }

  #ended(channel: Channel, error: Error | null): void {
    if (this.#channel !== channel) return;
    this.#channel = null;
    const { inbox } = channel;
    const response = error === null ? this.#reader.atEnd(inbox.bytes, inbox.end) : null;
    this.#answer(response ?? error ?? connectionClosed());
  }

  #answer(answer: HttpResponse | Error): void {
    const listener = this.#listener;
    this.#listener = null;
    listener?.onAnswer(answer);
  }
}

function connectionClosed(): Error {
  return Object.assign(new Error("the server closed the connection"), { code: "ECONNRESET" });
}
