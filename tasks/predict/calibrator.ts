import type { PgClient } from "../postgres/client.ts";
import type { Work } from "../model/statement_effects.ts";
import {
  type MeasuredQuery,
  type MeasuredWork,
  type PredictionFacts,
  type QueryFacts,
  type RelationFacts,
  workKey,
} from "./facts.ts";
import { makeLikeness, SCHEMA } from "./likeness.ts";
import { likenessRows, statementFor } from "./likely_work.ts";
import type { Named } from "./mentioned.ts";
import { predictSql } from "./predict_sql.ts";
import { DEFAULT_RATES, type MachineRates, measuredRate } from "./rates.ts";
import type { Again } from "./slowdown.ts";
import { Stopwatch } from "./stopwatch.ts";
import { timedQuery } from "./timed_query.ts";

/** From this size on PostgreSQL starts workers: its `min_parallel_table_scan_size`, which hardly anybody sets. */
const PARALLEL_BYTES = 8 * 2 ** 20;

/** A likeness, and how much of its table it is. */
interface Likeness {
  readonly its: RelationFacts;
  readonly rows: number;
  readonly share: number;
}

/** Measures work on likenesses of the relations that it is for, in a schema that is there. */
export class Calibrator {
  readonly measured = new Map<string, MeasuredWork>();
  readonly queries = new Map<string, MeasuredQuery>();
  /** By the key of the work, or the text of the query. */
  readonly again = new Map<string, Again>();
  rates: MachineRates;
  readonly #watch: Stopwatch;
  #tables = 0;
  #workersMs: number | null = null;

  constructor(
    readonly client: Pick<PgClient, "query">,
    readonly known: PredictionFacts,
    untilMs: number,
  ) {
    this.rates = known.rates;
    this.#watch = new Stopwatch(client, untilMs);
  }

  async begin(queries: readonly QueryFacts[], named: readonly Named[]): Promise<void> {
    let made = 0;
    const value = await this.#watch.median(() => `CREATE TABLE ${SCHEMA}.once${++made} (i integer)`);
    this.rates = { ...this.rates, statementMs: { value, spread: DEFAULT_RATES.statementMs.spread } };
    for (const [at, query] of queries.entries()) {
      const timed = await timedQuery(this.#watch, `${SCHEMA}.q${at}_`, query, named, {
        ...this.known,
        rates: this.rates,
      });
      if (timed === null) continue;
      this.queries.set(query.text, timed.measured);
      this.again.set(query.text, timed.again);
    }
  }

  /** All work on rows of one relation, on a likeness of it. */
  async measure(its: RelationFacts, work: readonly Work[]): Promise<void> {
    if (this.#watch.isOver) return;
    const table = `${SCHEMA}.t${++this.#tables}`;
    const rows = likenessRows(its, work);
    const likeness = { its, rows, share: Math.min(1, rows / Math.max(1, its.rows)) };
    const ofKind = (...kinds: Work["kind"][]) => work.filter(({ kind }) => kinds.includes(kind));
    const lookUps = ofKind("look-up").filter(({ columns }) => columns.length === 1);
    const parents = lookUps.map((each) => this.#parentOf(each, likeness));
    const given = Object.assign({}, ...parents.map((parent) => parent?.given ?? {}));
    const columns = await makeLikeness(this.client, table, its, rows, given);
    await this.client.query(predictSql("workers_alike.sql"), [likeness.share]);
    const statement = (each: Work) => () => statementFor(each, table, columns);
    for (const each of ofKind("index build")) await this.#work(each, likeness, statement(each));
    const changes = ofKind("scan", "rewrite", "row changes");
    const [rewrite] = ofKind("rewrite");
    const bareMs = rewrite === undefined || its.indexes.length === 0 || this.#watch.isOver
      ? 0
      : await this.#watch.time(statement(rewrite)()!);
    await this.#index(table, its, changes.length > 0 ? null : lookUps.flatMap((each) => each.columns));
    for (const [at, each] of lookUps.entries()) {
      const parent = parents[at];
      if (parent === undefined) continue;
      const lookUp = await this.#lookUp(table, each, parent, at);
      // What nothing of the change has read before comes from the system's cache, not from the server's.
      if (lookUps.length === work.length) await this.#outOfCache(`${table}_keys${at}`, table);
      await this.#work(each, likeness, lookUp);
    }
    for (const each of changes) {
      await this.#work(each, likeness, statement(each), each === rewrite ? bareMs : 0);
    }
  }

  /** The indexes that the relation has. @param leading only those which begin with one of these columns; null: all */
  async #index(table: string, { indexes }: RelationFacts, leading: readonly string[] | null): Promise<void> {
    for (const { definition } of indexes) {
      if (this.#watch.isOver) return;
      const isWanted = leading === null ||
        leading.some((column) => new RegExp(`\\("?${RegExp.escape(column)}\\b`).test(definition));
      if (isWanted) await this.client.query(`CREATE INDEX ON ${table} ${definition}`);
    }
  }

  /** @param statement that does it to the likeness; null: there is none; @param bareMs what it took without indexes */
  async #work(
    work: Work,
    { its, rows, share }: Likeness,
    statement: () => string | null,
    bareMs = 0,
  ): Promise<void> {
    if (this.#watch.isOver || statement() === null) return;
    const once = work.kind === "rewrite" || work.kind === "row changes";
    const firstMs = work.kind === "look-up" ? await this.#watch.time(statement()!) : null;
    const againMs = await this.#watch.median(() => statement()!, once);
    // What is done once reads what nobody has read, and what is done again does not.
    const ms = firstMs ?? againMs;
    const fixedMs = await this.#fixed(work, its);
    const key = workKey({ ...work, relation: its.origin });
    this.measured.set(key, {
      fixedMs,
      // What a busy machine adds to a commit is not to eat up all of it.
      usPerRow: measuredRate(Math.max(ms / 2, ms - this.rates.statementMs.value - fixedMs) * 1000 / rows),
      sorted: work.kind === "index build" ? 1 : bareMs === 0 ? 0 : Math.max(0, 1 - bareMs / ms),
      rows,
    });
    this.again.set(key, { aloneMs: againMs, share, statement: () => statement()! });
  }

  /** VACUUM FULL writes a table and its indexes past the server's cache. */
  async #outOfCache(...tables: readonly string[]): Promise<void> {
    for (const table of tables) {
      if (!this.#watch.isOver) await this.client.query(`VACUUM FULL ${table}`);
    }
  }

  /** What each index costs whatever its rows are, ms: the server starts workers for it, where the table is large enough. */
  async #fixed({ kind }: Work, { bytes, indexes }: RelationFacts): Promise<number> {
    const builds = kind === "rewrite" ? indexes.length : kind === "index build" ? 1 : 0;
    if (builds === 0 || bytes < PARALLEL_BYTES) return 0;
    this.#workersMs ??= await this.#startingWorkers();
    return builds * this.#workersMs;
  }

  async #startingWorkers(): Promise<number> {
    await this.client.query(predictSql("few_rows.sql"));
    const ms = await this.#watch.median(() => `CREATE INDEX ON ${SCHEMA}.few (i)`);
    return Math.max(0, ms - this.rates.statementMs.value);
  }

  /** The table that is looked into, with so many rows as there are to be, and what the column has that refers to it. */
  #parentOf({ into, columns: [column] }: Work, { its, rows }: Likeness): Parent | undefined {
    const parent = this.known.relations.get(into ?? "");
    if (parent === undefined) return undefined;
    const keys = Math.max(1, Math.round(rows * Math.min(1, parent.rows / Math.max(1, its.rows))));
    return { parent, keys, given: { [column!]: `(i - 1) * ${keys}::bigint / ${rows} + 1` } };
  }

  /** @returns gives the statement, or null: the other table has no key of one column */
  async #lookUp(
    table: string,
    { columns: [column] }: Work,
    { parent, keys }: Parent,
    at: number,
  ): Promise<() => string | null> {
    const { rows: [key] } = await this.client.query<{ name: string }>(predictSql("key_column.sql"), [
      parent.origin,
    ]);
    if (key === undefined || this.#watch.isOver) return () => null;
    const likeness = `${table}_keys${at}`;
    await makeLikeness(this.client, likeness, parent, keys, { [key.name]: "i" });
    await this.client.query(`ALTER TABLE ${likeness} ADD PRIMARY KEY (${key.name})`);
    // How the server looks them up depends on what it knows of both.
    for (const each of at === 0 ? [table, likeness] : [likeness]) {
      await this.client.query(`VACUUM ANALYZE ${each}`);
    }
    return () => `ALTER TABLE ${table} ADD FOREIGN KEY (${column}) REFERENCES ${likeness}`;
  }
}

interface Parent {
  readonly parent: RelationFacts;
  readonly keys: number;
  /** An expression by the name of the column. */
  readonly given: Readonly<Record<string, string>>;
}
