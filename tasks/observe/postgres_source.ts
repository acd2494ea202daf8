import { readFileSync } from "node:fs";
import { join } from "node:path";
import type pg from "pg";
import { connectClient } from "../postgres/client.ts";
import { Rates, type Reading, type Source } from "./source.ts";

interface Row {
  readonly metric: string;
  readonly labels: Record<string, string>;
  readonly counter: boolean;
  readonly value: number;
}

/**
 * Samples PostgreSQL over one reserved connection, so that a full pool or a queue never hides the server from
 * its observer. A connection that was lost is opened anew at the next reading. All values marked as counters
 * come out as rates per second.
 */
export class PostgresSource implements Source {
  readonly name = "postgres";
  readonly unavailable: string[] = [];
  readonly #url: string;
  readonly #timeoutMs: number;
  readonly #rates = new Rates();
  #client: pg.Client | null = null;
  #queries: { name: string; text: string }[] = [];

  constructor(url: string, timeoutMs: number) {
    this.#url = url;
    this.#timeoutMs = timeoutMs;
  }

  async read(atUs: number): Promise<Reading[]> {
    const client = this.#client ?? await this.#connect();
    const readings: Reading[] = [];
    for (const query of [...this.#queries]) {
      let rows: Row[];
      try {
        ({ rows } = await client.query<Row>({ ...query }));
      } catch (error) {
        // 42xxx: no right, no such view or column. That will not change; the others go on without it.
        if (!/^42/.test((error as { code?: string }).code ?? "")) throw error;
        this.#queries = this.#queries.filter(({ name }) => name !== query.name);
        this.unavailable.push(`PostgreSQL's ${query.name} is not sampled: ${(error as Error).message}.`);
        continue;
      }
      for (const { metric, labels, counter, value } of rows) {
        const key = `${metric} ${JSON.stringify(labels)}`;
        const shown = counter ? this.#rates.perSecond(key, value, atUs) : value;
        if (shown !== null) readings.push({ metric, labels, value: shown });
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
    this.#rates.clear();
    // The observer must not appear among what it observes; only a superuser may say so.
    await client.query("SET pg_stat_statements.track = 'none'").catch(() => {});
    const { rows } = await client.query<{ version: number }>(
      "SELECT current_setting('server_version_num')::int AS version",
    );
    this.#queries = sampleQueries(rows[0]!.version)
      .filter(({ name }) => !this.unavailable.some((text) => text.includes(` ${name} `)));
    return client;
  }

  #forget(client: pg.Client): void {
    if (this.#client === client) this.#client = null;
  }
}

/** The queries of one tick for a server version (`server_version_num`). */
export function sampleQueries(version: number): { name: string; text: string }[] {
  const files: [string, string][] = [["activity", "sample_database"], ["WAL", "sample_wal"]];
  files.push(["checkpoints", version >= 170_000 ? "sample_checkpoints_17" : "sample_checkpoints_14"]);
  if (version >= 160_000) files.push(["I/O", version >= 180_000 ? "sample_io_18" : "sample_io_16"]);
  return files.map(([name, file]) => ({ name, text: observeSql(file) }));
}

/** The text of a query under queries/observe. */
export function observeSql(name: string): string {
  return readFileSync(join(import.meta.dirname!, "..", "..", "queries", "observe", `${name}.sql`), "utf8");
}
