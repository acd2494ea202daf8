import { ServiceError } from "../model/errors.ts";
import { counted } from "../model/units.ts";
import type { Network } from "../net/channel.ts";
import { type ConnectionEvent, ConnectionLog } from "./connection_log.ts";
import { errorCode } from "./error_code.ts";
import { judgeAnswer } from "./graphql_answer.ts";
import { HttpConnection, type HttpListener } from "./http1.ts";
import { endpointOf, PostWriter } from "./http_request.ts";
import type { HttpResponse } from "./http_response.ts";
import { Pool } from "./pool.ts";
import { type Call, complete, type Target } from "./target.ts";

export interface GraphqlTargetOptions {
  readonly url: string;
  /** Where requests go: connections are dealt over several processes of one service. Default `url`. */
  readonly endpoints?: readonly string[];
  /** Of several threads that ask them: each begins with another. */
  readonly worker?: number;
  readonly headers: Readonly<Record<string, string>>;
  /** All connections are used alike, see `Pool`. */
  readonly inTurn?: boolean;
  readonly connections: number;
  readonly nowUs: () => number;
  /** Opens its sockets where there is no TLS; Deno's own without it. */
  readonly network?: Network;
}

/** GraphQL over HTTP: POST with the whole document, as clients without persisted operations send it. */
export class GraphqlTarget implements Target {
  readonly #options: GraphqlTargetOptions;
  readonly #clients: GraphqlClient[];
  readonly #pool: Pool<GraphqlClient>;
  /** The unchanging start of a request's body, by document. */
  readonly #prefixes = new Map<string, string>();
  readonly #request: PostWriter;
  readonly #log: ConnectionLog;
  #closed = false;
  /** Whose request was written last. */
  #written: Call | null = null;

  constructor(options: GraphqlTargetOptions) {
    this.#options = options;
    this.#log = new ConnectionLog(options.nowUs);
    const { url, endpoints: urls = [url], worker = 0, headers, inTurn = false, network } = options;
    // All processes get the same bytes, as from a load balancer: they are written before it is known who answers.
    this.#request = new PostWriter(endpointOf(url, headers));
    const endpoints = urls.map((each) => endpointOf(each));
    this.#clients = Array.from({ length: options.connections }, (_, index) => {
      const connection = new HttpConnection(endpoints[(worker + index) % endpoints.length]!, network);
      const client = new GraphqlClient(connection, options.nowUs, (client) => this.#pool.release(client));
      connection.onLost = (error) => {
        if (!this.#closed) this.#log.lost(client, error);
      };
      return client;
    });
    this.#pool = new Pool(this.#clients, (client, call) => {
      call.acquiredUs = options.nowUs();
      if (client.connection.open) client.run(call, this.#write(call));
      else void this.#reopenAndRun(client, call);
    }, inTurn || endpoints.length > 1);
  }

  async open(): Promise<void> {
    const opened = await Promise.allSettled(this.#clients.map(({ connection }) => connection.connect()));
    const failed = opened.find((result) => result.status === "rejected");
    if (failed !== undefined) {
      const error = failed.reason;
      await this.close();
      throw new ServiceError(
        `Cannot open ${counted(this.#options.connections, "connection")} to the GraphQL service: ${
          (error as Error).message
        }`,
        "Check that it runs.",
        { cause: error },
      );
    }
  }

  prepare(call: Call): void {
    this.#write(call);
  }

  run(call: Call): void {
    this.#pool.run(call);
  }

  connectionEvents(): readonly ConnectionEvent[] {
    return this.#log.take();
  }

  close(): Promise<void> {
    this.#closed = true;
    for (const { connection } of this.#clients) connection.close();
    return Promise.resolve();
  }

  async #reopenAndRun(client: GraphqlClient, call: Call): Promise<void> {
    call.abort = null;
    try {
      await client.connection.connect();
      this.#log.regainedIfLost(client);
    } catch (error) {
      this.#log.refused(error);
      complete(call, this.#options.nowUs(), "failed", transportCode(error));
      if (call.keep) call.answer = error;
    }
    if (!call.completed && client.connection.open) return client.run(call, this.#write(call));
    complete(call, this.#options.nowUs(), "failed", "ECONNRESET");
    this.#pool.release(client);
    call.onDone();
  }

  #write(call: Call): PostWriter {
    if (this.#written !== call) {
      this.#request.write(this.#body(call));
      this.#written = call;
    }
    return this.#request;
  }

  #body(call: Call): string {
    const { text, parameters } = call.statement;
    let prefix = this.#prefixes.get(text);
    if (prefix === undefined) {
      prefix = `{"query":${JSON.stringify(text)},"variables":`;
      this.#prefixes.set(text, prefix);
    }
    const variables: Record<string, unknown> = {};
    for (let index = 0; index < parameters.length; index++) {
      variables[parameters[index]!] = call.values[index];
    }
    return `${prefix}${JSON.stringify(variables)}}`;
  }
}

/** A place in the pool: a connection, and the call on it. */
class GraphqlClient implements HttpListener {
  readonly connection: HttpConnection;
  readonly #nowUs: () => number;
  readonly #release: (client: GraphqlClient) => void;
  #call: Call | null = null;
  /** HTTP/1.1 has no way to take a request back but to hang up. */
  readonly #abort = () => this.connection.close();

  constructor(connection: HttpConnection, nowUs: () => number, release: (client: GraphqlClient) => void) {
    this.connection = connection;
    this.#nowUs = nowUs;
    this.#release = release;
  }

  run(call: Call, request: PostWriter): void {
    this.#call = call;
    call.abort = this.#abort;
    this.connection.send(request, this);
  }

  onSent(): void {
    this.#call!.sentUs = this.#nowUs();
  }

  onAnswer(response: HttpResponse | Error): void {
    const doneUs = this.#nowUs();
    const call = this.#call!;
    if (response instanceof Error) {
      complete(call, doneUs, "failed", transportCode(response));
      if (call.keep) call.answer = response;
    } else judge(call, response, doneUs);
    this.#call = null;
    this.#release(this);
    call.onDone();
  }
}

/** Completes a call by what was answered. */
function judge(call: Call, { status, body, bytes }: HttpResponse, doneUs: number): void {
  if (!call.completed) call.bytes = bytes;
  const { error, answer } = judgeAnswer(status, body, call.keep);
  complete(call, doneUs, error === null ? "ok" : "failed", error);
  if (call.keep) call.answer = answer;
}

function transportCode(error: unknown): string {
  if (error instanceof Deno.errors.ConnectionRefused) return "ECONNREFUSED";
  if (error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.BrokenPipe) {
    return "ECONNRESET";
  }
  const { code, name } = error as { code?: unknown; name?: string };
  if (name === "TimeoutError" || name === "AbortError") return "ETIMEDOUT";
  // Whether a broken connection shows in reading or in writing is chance.
  if (code === "EPIPE") return "ECONNRESET";
  return errorCode(code) ?? "HTTP";
}
