import type { Channel, Network } from "../net/channel.ts";
import { Inbox } from "../net/inbox.ts";
import { openTls, runtimeNetwork } from "../net/runtime_channel.ts";
import { withinLimit } from "../net/time_limit.ts";
import type { HttpEndpoint, PostWriter } from "./http_request.ts";
import { type HttpResponse, ResponseReader } from "./http_response.ts";

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
  readonly #network: Network;
  readonly #reader = new ResponseReader();
  #channel: Channel | null = null;
  #listener: HttpListener | null = null;
  /** Told when it breaks, or the server ends it without having said so in an answer. */
  onLost: ((error: Error) => void) | null = null;

  /** @param network opens what needs no TLS */
  constructor(endpoint: HttpEndpoint, network: Network = runtimeNetwork) {
    this.#endpoint = endpoint;
    this.#network = network;
  }

  get open(): boolean {
    return this.#channel !== null;
  }

  /** @throws the system's error */
  async connect(): Promise<void> {
    const inbox = new Inbox();
    const channel = await this.#openChannel(inbox);
    inbox.onBytes = () => this.#arrived(inbox);
    inbox.onEnd = (error) => this.#ended(channel, error);
    this.#channel = channel;
    if (inbox.ended !== null) this.#ended(channel, inbox.ended.error);
  }

  /** Ends the connection; a request under way fails. */
  close(): void {
    this.#drop();
    this.#answer(connectionClosed());
  }

  #drop(): void {
    this.#channel?.close();
    this.#channel = null;
  }

  /** Sends a request; the one before must have been answered, and the connection be open. */
  send(request: PostWriter, listener: HttpListener): void {
    const channel = this.#channel!;
    this.#listener = listener;
    this.#reader.begin();
    listener.onSent();
    channel.send(request.buffer, request.length);
  }

  #openChannel(inbox: Inbox): Promise<Channel> {
    const { hostname, port, tls } = this.#endpoint;
    const network = this.#network;
    const address = { host: hostname, port };
    return withinLimit(
      network,
      CONNECT_TIMEOUT_MS,
      (signal) => tls ? openTls(address, inbox, signal, network) : network.connect(address, inbox, signal),
    );
  }

  #arrived(inbox: Inbox): void {
    // What comes unasked belongs to nothing.
    if (this.#listener === null) return this.close();
    let response: HttpResponse | null;
    try {
      response = this.#reader.read(inbox.bytes, inbox.end);
    } catch (error) {
      this.#drop();
      return this.#answer(error as Error);
    }
    if (response === null) return;
    // What follows an answer belongs to nothing either.
    const last = response.last || response.bytes < inbox.end;
    inbox.start = inbox.end;
    if (last) this.#drop();
    this.#answer(response);
  }

  #ended(channel: Channel, error: Error | null): void {
    if (this.#channel !== channel) return;
    this.#channel = null;
    const { inbox } = channel;
    const response = error === null ? this.#reader.atEnd(inbox.bytes, inbox.end) : null;
    if (response === null) this.onLost?.(error ?? connectionClosed());
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
