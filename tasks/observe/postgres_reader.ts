import { readFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { connectClient } from "../postgres/client.ts";
import type { Metric } from "../model/metric.ts";
import type { Reading, SampleReader } from "./source.ts";

/** A query that is asked at each tick. */
export interface PostgresQuery {
  /** What it tells of, in a few words. */
  readonly name: string;
  /**
   * The file in queries/observe/ for a server's `server_version_num`; null where it has no such view. Its rows:
   * metric, labels, value.
   */
  readonly sql: (version: number) => string | null;
  readonly metrics: readonly Metric[];
}

/**
 * Samples PostgreSQL over one reserved connection, so that a full pool or a queue never hides the server from
 * its observer. A connection that was lost is opened anew at the next reading.
 */
export class PostgresReader implements SampleReader {
  readonly unavailable: string[] = [];
  readonly #url: string;
  readonly #timeoutMs: number;
  readonly #asked: readonly PostgresQuery[];
  #client: pg.Client | null = null;
  #queries: { name: string; text: string }[] = [];
  #connections = 0;

  constructor(url: string, timeoutMs: number, queries: readonly PostgresQuery[]) {
    this.#url = url;
    this.#timeoutMs = timeoutMs;
    this.#asked = queries;
  }

  get connections(): number {
    return this.#connections;
  }

  async read(): Promise<Reading[]> {
    try {
      return await this.#ask(this.#client ?? await this.#connect());
    } catch (error) {
      // 57Pxx: the server has ended the session. The next reading connects anew and does not wait for this end.
      const answered = error instanceof pg.DatabaseError && !/^57P/.test(error.code ?? "");
      if (!answered) void this.close().catch(() => {});
      throw error;
    }
  }

  async #ask(client: pg.Client): Promise<Reading[]> {
    const readings: Reading[] = [];
    for (const query of [...this.#queries]) {
      try {
        readings.push(...(await client.query<Reading>({ ...query })).rows);
      } catch (error) {
        // 42xxx: no right, no such view or column. That will not change; the others go on without it.
        if (!/^42/.test((error as { code?: string }).code ?? "")) throw error;
        this.#queries = this.#queries.filter(({ name }) => name !== query.name);
        this.unavailable.push(`PostgreSQL's ${query.name} is not sampled: ${(error as Error).message}.`);
      }
    }
    return readings;
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = null;
    await client?.end();
  }

  async #connect(): Promise<pg.Client> {
    const timeoutMs = this.#timeoutMs;
    const client = await connectClient(this.#url, {
      applicationName: "benchbook-observer",
      connectTimeoutMs: timeoutMs,
      queryTimeoutMs: timeoutMs,
      statementTimeoutMs: timeoutMs,
    });
    client.on("error", () => this.#forget(client));
    client.on("end", () => this.#forget(client));
    this.#client = client;
    this.#connections++;
    // The observer must not appear among what it observes; only a superuser may say so.
    await client.query("SET pg_stat_statements.track = 'none'").catch(() => {});
    const { rows } = await client.query<{ version: number }>(
      "SELECT current_setting('server_version_num')::int AS version",
    );
    this.#queries = sampleQueries(this.#asked, rows[0]!.version)
      .filter(({ name }) => !this.unavailable.some((text) => text.includes(` ${name} `)));
    return client;
  }

  #forget(client: pg.Client): void {
    if (this.#client === client) this.#client = null;
  }
}

/** The queries of one tick for a server version (`server_version_num`). */
export function sampleQueries(
  queries: readonly PostgresQuery[],
  version: number,
): { name: string; text: string }[] {
  return queries.flatMap(({ name, sql }) => {
    const file = sql(version);
    return file === null ? [] : [{ name, text: observeSql(file) }];
  });
}

/** The text of a query under queries/observe. */
function observeSql(name: string): string {
  return readFileSync(join(import.meta.dirname!, "..", "..", "queries", "observe", `${name}.sql`), "utf8");
}
