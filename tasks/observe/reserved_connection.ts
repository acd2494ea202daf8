import pg from "pg";
import { connectClient } from "../postgres/client.ts";

/** How an observer's connection is called at the server, and how long it waits there. */
export interface ReservedOptions {
  readonly name: string;
  /** For a session to begin, and for each answer. */
  readonly timeoutMs: number;
  /** What each session begins with. */
  readonly begin?: (client: pg.Client) => Promise<void>;
}

/**
 * A connection that observes, apart from those that are observed: a full pool or a queue never hides the server from it.
 * One that was lost is opened anew when it is next used.
 */
export class ReservedConnection {
  readonly #url: string;
  readonly #options: ReservedOptions;
  #client: pg.Client | null = null;
  #opened = 0;

  /** @param url the database; may hold a password */
  constructor(url: string, options: ReservedOptions) {
    this.#url = url;
    this.#options = options;
  }

  /** How often it was opened. */
  get opened(): number {
    return this.#opened;
  }

  /** Lets `ask` use it. @throws what it throws, and where no session can be opened */
  async use<T>(ask: (client: pg.Client) => Promise<T>): Promise<T> {
    try {
      return await ask(this.#client ?? await this.#open());
    } catch (error) {
      // 57Pxx: the server has ended the session. The next use opens another and does not wait for this end.
      const answered = error instanceof pg.DatabaseError && !/^57P/.test(error.code ?? "");
      if (!answered) void this.close().catch(() => {});
      throw error;
    }
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = null;
    await client?.end();
  }

  async #open(): Promise<pg.Client> {
    const { name, timeoutMs, begin } = this.#options;
    const client = await connectClient(this.#url, {
      applicationName: name,
      connectTimeoutMs: timeoutMs,
      queryTimeoutMs: timeoutMs,
      statementTimeoutMs: timeoutMs,
    });
    try {
      // The observer must not appear among what it observes; only a superuser may say so.
      await client.query("SET pg_stat_statements.track = 'none'").catch(() => {});
      await begin?.(client);
    } catch (error) {
      void client.end().catch(() => {});
      throw error;
    }
    const forget = () => {
      if (this.#client === client) this.#client = null;
    };
    client.on("error", forget);
    client.on("end", forget);
    this.#client = client;
    this.#opened++;
    return client;
  }
}
