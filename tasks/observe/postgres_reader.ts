import type pg from "pg";
import type { Metric } from "../model/metric.ts";
import { observeSql } from "./observe_sql.ts";
import { ReservedConnection } from "./reserved_connection.ts";
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
  /** Asked at each tick of a migration, where the others are asked once a second; at each tick anyway elsewhere. */
  readonly eachTick?: boolean;
  readonly metrics: readonly Metric[];
}

/** How the sampler's session is called at the server. */
export const OBSERVER_SESSION = "benchbook-observer";

/** Samples PostgreSQL over a reserved connection. */
export class PostgresReader implements SampleReader {
  readonly unavailable: string[] = [];
  readonly #asked: readonly PostgresQuery[];
  readonly #connection: ReservedConnection;
  readonly #restEvery: number;
  #queries: ChosenQuery[] = [];
  #reads = 0;

  /** @param restEvery those that are not for each tick are asked once in so many */
  constructor(url: string, timeoutMs: number, queries: readonly PostgresQuery[], restEvery = 1) {
    this.#asked = queries;
    this.#restEvery = restEvery;
    this.#connection = new ReservedConnection(url, {
      name: OBSERVER_SESSION,
      timeoutMs,
      begin: (client) => this.#choose(client),
    });
  }

  get connections(): number {
    return this.#connection.opened;
  }

  read(): Promise<Reading[]> {
    return this.#connection.use((client) => this.#ask(client));
  }

  async #ask(client: pg.Client): Promise<Reading[]> {
    const readings: Reading[] = [];
    const all = this.#reads++ % this.#restEvery === 0;
    for (const query of this.#queries.filter(({ eachTick }) => all || eachTick)) {
      const { name, text } = query;
      try {
        readings.push(...(await client.query<Reading>({ name, text })).rows);
      } catch (error) {
        // 42xxx: no right, no such view or column. That will not change; the others go on without it.
        if (!/^42/.test((error as { code?: string }).code ?? "")) throw error;
        this.#queries = this.#queries.filter(({ name }) => name !== query.name);
        this.unavailable.push(`PostgreSQL's ${query.name} is not sampled: ${(error as Error).message}.`);
      }
    }
    return readings;
  }

  close(): Promise<void> {
    return this.#connection.close();
  }

  /** What this server has is asked for. */
  async #choose(client: pg.Client): Promise<void> {
    const { rows } = await client.query<{ version: number }>(
      "SELECT current_setting('server_version_num')::int AS version",
    );
    this.#queries = sampleQueries(this.#asked, rows[0]!.version)
      .filter(({ name }) => !this.unavailable.some((text) => text.includes(` ${name} `)));
  }
}

/** A query as a server is asked it. */
interface ChosenQuery {
  readonly name: string;
  readonly text: string;
  readonly eachTick: boolean;
}

/** The queries for a server version (`server_version_num`). */
export function sampleQueries(queries: readonly PostgresQuery[], version: number): ChosenQuery[] {
  return queries.flatMap(({ name, sql, eachTick = false }) => {
    const file = sql(version);
    return file === null ? [] : [{ name, text: observeSql(file), eachTick }];
  });
}
