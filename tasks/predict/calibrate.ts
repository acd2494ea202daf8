import type { PgClient } from "../postgres/client.ts";
import type { Work } from "../model/statement_effects.ts";
import { isOfServer } from "../seed/connect.ts";
import {
  type MeasuredWork,
  type PredictionFacts,
  type QueryFacts,
  type RelationFacts,
  workKey,
} from "./facts.ts";
import { median } from "../stats/robust.ts";
import { makeLikeness } from "./likeness.ts";
import { likenessRows, statementFor } from "./likely_work.ts";
import type { Named } from "./mentioned.ts";
import { predictSql } from "./predict_sql.ts";
import { DEFAULT_RATES, MEASURED_SPREAD, type Rate, type Rates } from "./rates.ts";
import { likenessOfQuery } from "./query_likeness.ts";
import { explainQuery } from "./read_facts.ts";
import { scaledRates } from "./scaled_rates.ts";
import { workTime } from "./work_time.ts";

/** A schema of ours, dropped at the end. */
const SCHEMA = "benchbook_likeness";
/** No further measurement is begun after `budgetMs`; what hardly takes longer than `worthMs` is not worth it. */
const LIMITS = { budgetMs: 4000, worthMs: 20 };
/** From this size on PostgreSQL starts workers: its `min_parallel_table_scan_size`, which hardly anybody sets. */
const PARALLEL_BYTES = 8 * 2 ** 20;
/** Of rows that are written, to tell how long that takes. */
const ENOUGH_KIB = 1024;
/** A query that is expected to take less is not asked. */
const WORTH_ASKING_MS = 30;
/** A statement may take so long, whatever holds it up. */
const LONGEST_MS = 10_000;
/** A measurement is repeated until it has lasted so long, three times at most. */
const ENOUGH_MS = 250;

type Client = Pick<PgClient, "query">;

/** What was found out of a server. */
export type Calibration = Pick<PredictionFacts, "rates" | "measured" | "queries"> & {
  /** How long that took, ms. */
  readonly ms: number;
};

/**
 * Finds out how long work takes on this server, on rows of its own in a schema of its own: a table is made like the one
 * that the work is for, with some thousand rows, and the same is done to it. What hardly takes any time is left out.
 * @throws what the server says, also where a schema of that name is there
 * @param work each piece that is to be predicted
 * @param queries those whose time is among it
 * @param named the views and functions by which they read
 */
export async function calibrate(
  client: Client,
  work: readonly Work[],
  queries: readonly QueryFacts[],
  named: readonly Named[],
  known: PredictionFacts,
  { budgetMs, worthMs }: typeof LIMITS = LIMITS,
): Promise<Calibration> {
  const started = performance.now();
  const worth = worthMeasuring(work, known, worthMs);
  const { rates } = known;
  if (worth.length + queries.length === 0) return { rates, measured: new Map(), queries: new Map(), ms: 0 };
  // One that is there already is somebody else's, and refuses to be made.
  await client.query(`CREATE SCHEMA ${SCHEMA}`);
  try {
    const calibrator = new Calibrator(client, known, started + budgetMs);
    await calibrator.begin(queries, named);
    for (const [origin, its] of byOrigin(worth, known)) await calibrator.measure(origin, its);
    const { rates, measured, queries: timed } = calibrator;
    const others = scaledRates(rates, worth, known, measured);
    return { rates: others, measured, queries: timed, ms: performance.now() - started };
  } finally {
    await client.query(`DROP SCHEMA ${SCHEMA} CASCADE; ${predictSql("as_before.sql")}`);
  }
}

/** Those that may take a while, each once, the longest first. */
function worthMeasuring(work: readonly Work[], known: PredictionFacts, worthMs: number): Work[] {
  const kinds = ["rewrite", "scan", "look-up", "index build", "row changes"];
  const longest = (each: Work) => workTime(each, known).span?.highMs ?? 0;
  return [...new Map(work.map((each) => [workKey(each), each])).values()]
    .filter((each) => kinds.includes(each.kind) && longest(each) > worthMs)
    .sort((a, b) => longest(b) - longest(a));
}

/** By the relation whose rows they are about, in their order. */
function byOrigin(work: readonly Work[], { relations }: PredictionFacts): Map<RelationFacts, Work[]> {
  const found = new Map<string, [RelationFacts, Work[]]>();
  for (const each of work) {
    const its = relations.get(each.relation)!;
    const group = found.get(its.origin) ?? [relations.get(its.origin) ?? its, []];
    group[1].push(each);
    found.set(its.origin, group);
  }
  return new Map(found.values());
}

class Calibrator {
  readonly measured = new Map<string, MeasuredWork>();
  readonly queries = new Map<string, Rate>();
  rates: Rates;
  #tables = 0;
  #workersMs: number | null = null;

  constructor(readonly client: Client, readonly known: PredictionFacts, readonly untilMs: number) {
    this.rates = known.rates;
  }

  async begin(queries: readonly QueryFacts[], named: readonly Named[]): Promise<void> {
    await this.client.query(`SET statement_timeout = ${LONGEST_MS}`);
    let made = 0;
    const statementMs = await this.#median(() =>
      this.#time(`CREATE TABLE ${SCHEMA}.once${++made} (i integer)`)
    );
    this.rates = {
      ...this.rates,
      statementMs: { value: statementMs, spread: DEFAULT_RATES.statementMs.spread },
    };
    for (const [at, query] of queries.entries()) await this.#query(`${SCHEMA}.q${at}_`, query, named);
  }

  /** All work on rows of one relation, on a likeness of it. */
  async measure(its: RelationFacts, work: readonly Work[]): Promise<void> {
    if (this.#isOver()) return;
    const table = `${SCHEMA}.t${++this.#tables}`;
    const n = likenessRows(its, work);
    const lookUp = work.find(({ kind, columns }) => kind === "look-up" && columns.length === 1);
    const parent = lookUp === undefined ? undefined : this.known.relations.get(lookUp.into ?? "");
    const keys = parent === undefined ? 0 : Math.max(1, Math.round(n * Math.min(1, parent.rows / its.rows)));
    const given = parent === undefined
      ? {}
      : { [lookUp!.columns[0]!]: `(i - 1) * ${keys}::bigint / ${n} + 1` };
    const columns = await makeLikeness(this.client, table, its, n, given);
    await this.#likeLarge(its, n);
    const ofKind = (...kinds: Work["kind"][]) => work.filter(({ kind }) => kinds.includes(kind));
    const measure = (each: Work, statement: string | null, bareMs = 0) =>
      this.#work({ ...each, relation: its.origin }, its, n, statement, bareMs);
    for (const each of ofKind("index build")) await measure(each, statementFor(each, table, columns));
    if (parent !== undefined) await measure(lookUp!, await this.#lookUp(table, lookUp!, parent, keys));
    const [rewrite] = ofKind("rewrite");
    const isIndexed = its.indexes.length > 0;
    const bareMs = rewrite === undefined || !isIndexed || this.#isOver()
      ? 0
      : await this.#time(statementFor(rewrite, table, columns)!);
    for (const { definition } of its.indexes) {
      await this.client.query(`CREATE INDEX ON ${table} ${definition}`);
    }
    for (const each of ofKind("scan", "rewrite", "row changes")) {
      await measure(each, statementFor(each, table, columns), each === rewrite ? bareMs : 0);
    }
  }

  /** @param statement that does it to a likeness of `n` rows; null: there is none; @param bareMs what it took without indexes */
  async #work(
    work: Work,
    its: RelationFacts,
    n: number,
    statement: string | null,
    bareMs: number,
  ): Promise<void> {
    if (statement === null || this.#isOver()) return;
    const once = work.kind === "rewrite" || work.kind === "row changes";
    const ms = await this.#median(() => this.#time(statement), once);
    const fixedMs = await this.#fixed(work, its);
    this.measured.set(workKey(work), {
      fixedMs,
      // What a busy machine adds to a commit is not to eat up all of it.
      usPerRow: measuredRate(Math.max(ms / 2, ms - this.rates.statementMs.value - fixedMs) * 1000 / n),
      sorted: work.kind === "index build" ? 1 : bareMs === 0 ? 0 : Math.max(0, 1 - bareMs / ms),
      rows: n,
    });
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
    const ms = await this.#median(() => this.#time(`CREATE INDEX ON ${SCHEMA}.few (i)`));
    return Math.max(0, ms - this.rates.statementMs.value);
  }

  /** The server is to choose as many workers as it will for the large table. */
  async #likeLarge({ rows }: RelationFacts, n: number): Promise<void> {
    await this.client.query(predictSql("workers_alike.sql"), [Math.min(1, n / Math.max(1, rows))]);
  }

  /** @param keys rows that the table is to have which is looked into; @returns null: it has no key of one column */
  async #lookUp(
    table: string,
    { columns: [column] }: Work,
    parent: RelationFacts,
    keys: number,
  ): Promise<string | null> {
    const { rows: [key] } = await this.client.query<{ name: string }>(predictSql("key_column.sql"), [
      parent.origin,
    ]);
    if (key === undefined) return null;
    const likeness = `${table}_keys`;
    await makeLikeness(this.client, likeness, parent, keys, { [key.name]: "i" });
    await this.client.query(`ALTER TABLE ${likeness} ADD PRIMARY KEY (${key.name})`);
    // How the server looks them up depends on what it knows of both.
    for (const each of [table, likeness]) await this.client.query(`VACUUM ANALYZE ${each}`);
    return `ALTER TABLE ${table} ADD FOREIGN KEY (${column}) REFERENCES ${likeness}`;
  }

  /** What it takes to write the rows of a query, where they are enough to tell. @param askedMs for which it is asked alone */
  async #writing(query: string, askedMs: number): Promise<void> {
    const ms = await this.#time(
      `DROP TABLE IF EXISTS ${SCHEMA}.written; CREATE TABLE ${SCHEMA}.written AS ${query}`,
    );
    const { rows: [written] } = await this.client.query<{ kib: number }>(predictSql("written_size.sql"));
    if (written!.kib < ENOUGH_KIB) return;
    const writingMs = Math.max(0, ms - askedMs - this.rates.statementMs.value);
    this.rates = { ...this.rates, writeUsPerKiB: measuredRate(writingMs * 1000 / written!.kib) };
  }

  /** What a unit of the planner's costs takes in a query: the same one is asked of likenesses of its tables; its rows go nowhere. */
  async #query(prefix: string, { text, cost, steps }: QueryFacts, named: readonly Named[]): Promise<void> {
    if (
      this.#isOver() ||
      cost * DEFAULT_RATES.msPerCost.value * DEFAULT_RATES.msPerCost.spread < WORTH_ASKING_MS
    ) return;
    try {
      const { text: likely, share } = await likenessOfQuery(this.client, prefix, text, named, this.known);
      await this.client.query(predictSql("workers_alike.sql"), [share]);
      const expected = await explainQuery(this.client, likely);
      if (expected === null) return;
      const ms = await this.#median(() => this.#time(`EXPLAIN (ANALYZE, TIMING OFF) ${likely}`));
      // Costs of other steps are no measure of these: then it grows as the rows do.
      this.queries.set(text, measuredRate(ms / (expected.steps === steps ? expected.cost : cost * share)));
      await this.#writing(likely, ms);
    } catch (error) {
      if (isOfServer(error)) throw error;
    }
  }

  /** The median of some times. @param measure one of them; @param once it cannot be done again */
  async #median(measure: () => Promise<number>, once = false): Promise<number> {
    const times: number[] = [];
    do times.push(await measure()); while (
      !once && times.length < 3 && times.reduce((sum, ms) => sum + ms, 0) < ENOUGH_MS && !this.#isOver()
    );
    return median(times)!;
  }

  async #time(statement: string): Promise<number> {
    const begun = performance.now();
    await this.client.query(statement);
    return performance.now() - begun;
  }

  #isOver(): boolean {
    return performance.now() > this.untilMs;
  }
}

function measuredRate(value: number): Rate {
  return { value, spread: MEASURED_SPREAD };
}
