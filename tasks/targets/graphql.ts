import { ServiceError } from "../model/errors.ts";
import { endpointOf, HttpConnection } from "./http1.ts";
import { Pool } from "./pool.ts";
import { type Call, settle, type Target } from "./target.ts";

export interface GraphqlTargetOptions {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly connections: number;
  readonly nowUs: () => number;
}

interface GraphqlAnswer {
  readonly data?: unknown;
  readonly errors?: readonly {
    readonly message: string;
    readonly errcode?: string;
    readonly extensions?: { readonly code?: string; readonly errcode?: string };
  }[];
}

const decoder = new TextDecoder();

/** GraphQL over HTTP: POST with the whole document, as clients without persisted operations send it. */
export class GraphqlTarget implements Target {
  readonly #options: GraphqlTargetOptions;
  readonly #connections: HttpConnection[];
  readonly #pool: Pool<HttpConnection>;
  /** The unchanging start of a request's body, by document. */
  readonly #prefixes = new Map<string, string>();

  constructor(options: GraphqlTargetOptions) {
    this.#options = options;
    const endpoint = endpointOf(options.url, options.headers);
    this.#connections = Array.from({ length: options.connections }, () => new HttpConnection(endpoint));
    this.#pool = new Pool(this.#connections);
  }

  async open(): Promise<void> {
    try {
      await Promise.all(this.#connections.map((connection) => connection.connect()));
    } catch (error) {
      throw new ServiceError(
        `Cannot open ${this.#options.connections} connections to the GraphQL service: ${
          (error as Error).message
        }`,
        "Check that it runs.",
        { cause: error },
      );
    }
  }

  async run(call: Call): Promise<void> {
    const taken = this.#pool.take(call);
    const connection = taken instanceof Promise ? await taken : taken;
    if (connection === null) return;
    call.acquiredUs = this.#options.nowUs();
    await this.#ask(connection, call);
    this.#pool.release(connection);
  }

  close(): Promise<void> {
    for (const connection of this.#connections) connection.close();
    return Promise.resolve();
  }

  async #ask(connection: HttpConnection, call: Call): Promise<void> {
    const { nowUs } = this.#options;
    // HTTP/1.1 has no way to take a request back but to hang up.
    call.abort = () => connection.close();
    try {
      if (!connection.open) await connection.connect();
      const response = await connection.post(this.#body(call), () => call.sentUs = nowUs());
      const doneUs = nowUs();
      const answer = parse(response.body);
      call.bytes = call.settled ? call.bytes : response.bytes;
      if (answer.errors !== undefined && answer.errors.length > 0) {
        settle(call, doneUs, "failed", graphqlErrorCode(answer, response.status));
      } else if (response.status !== 200 || answer.data === undefined || answer.data === null) {
        settle(call, doneUs, "failed", String(response.status));
      } else settle(call, doneUs, "ok", null);
      if (call.keep) call.answer = answer;
    } catch (error) {
      settle(call, nowUs(), "failed", transportCode(error));
      if (call.keep) call.answer = error;
    }
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

function parse(body: Uint8Array): GraphqlAnswer {
  try {
    return JSON.parse(decoder.decode(body)) as GraphqlAnswer;
  } catch {
    return {};
  }
}

/** The SQLSTATE where the server passes it on, else GraphQL's own code, else the HTTP status. */
function graphqlErrorCode(answer: GraphqlAnswer, status: number): string {
  const { errcode, extensions } = answer.errors![0]!;
  return errcode ?? extensions?.errcode ?? extensions?.code ??
    (status === 200 ? "GRAPHQL_ERROR" : String(status));
}

function transportCode(error: unknown): string {
  if (error instanceof Deno.errors.ConnectionRefused) return "ECONNREFUSED";
  if (error instanceof Deno.errors.ConnectionReset || error instanceof Deno.errors.BrokenPipe) {
    return "ECONNRESET";
  }
  return (error as { code?: string }).code ?? "HTTP";
}
