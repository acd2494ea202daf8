import { isOfServer } from "../seed/connect.ts";
import type { MeasuredQuery, PredictionFacts, QueryFacts } from "./facts.ts";
import { SCHEMA } from "./likeness.ts";
import type { Named } from "./mentioned.ts";
import { predictSql } from "./predict_sql.ts";
import { likenessOfQuery } from "./query_likeness.ts";
import { DEFAULT_RATES, measuredRate } from "./rates.ts";
import { explainQuery } from "./read_facts.ts";
import type { Again } from "./slowdown.ts";
import type { Stopwatch } from "./stopwatch.ts";

/** Of rows that are written, to tell how long that takes. */
const ENOUGH_KIB = 1024;
/** A query that is expected to take less is not asked. */
const WORTH_ASKING_MS = 30;

/**
 * What a query takes whose rows are kept: the same one is asked of likenesses of its tables, without keeping its rows and
 * with it; null: it is not worth it, or cannot be asked.
 * @param prefix of the likenesses' names
 */
export async function timedQuery(
  watch: Stopwatch,
  prefix: string,
  query: QueryFacts,
  named: readonly Named[],
  known: PredictionFacts,
): Promise<{ readonly measured: MeasuredQuery; readonly again: Again } | null> {
  const { msPerCost: usual, writeUsPerKiB } = DEFAULT_RATES;
  const kib = query.rows * query.width / 1024;
  const longestMs = query.cost * usual.value * usual.spread +
    kib * writeUsPerKiB.value * writeUsPerKiB.spread / 1000;
  if (watch.isOver || longestMs < WORTH_ASKING_MS) return null;
  try {
    const { text, share } = await likenessOfQuery(watch.client, prefix, query, named, known);
    await watch.client.query(predictSql("workers_alike.sql"), [share]);
    const expected = await explainQuery(watch.client, text);
    if (expected === null) return null;
    const askedMs = await watch.median(() => `EXPLAIN (ANALYZE, TIMING OFF) ${text}`);
    // Costs of other steps are no measure of these: then it grows as the rows do.
    const cost = expected.steps === query.steps ? expected.cost : query.cost * share;
    const keep = await keeping(watch, query, text);
    const keptMs = await watch.time(keep());
    const written = await writtenKiB(watch);
    const measured = {
      msPerCost: measuredRate(askedMs / cost),
      writeUsPerKiB: written < ENOUGH_KIB
        ? null
        : measuredRate(Math.max(0, keptMs - askedMs - known.rates.statementMs.value) * 1000 / written),
    };
    return { measured, again: { aloneMs: keptMs, share, statement: keep } };
  } catch (error) {
    if (isOfServer(error)) throw error;
    return null;
  }
}

/** @returns gives the statement that keeps a query's rows as the one does that it is like */
async function keeping(
  { client }: Stopwatch,
  { partitions }: QueryFacts,
  text: string,
): Promise<() => string> {
  let made = 0;
  if (partitions === null) {
    return () => `CREATE TABLE ${SCHEMA}.written${made++ || ""} AS ${text}`;
  }
  await client.query(`CREATE TABLE ${SCHEMA}.empty AS ${text} WITH NO DATA`);
  const { rows: [key] } = await client.query<{ name: string }>(predictSql("divided_by.sql"));
  const isDivided = partitions > 0 && key !== undefined;
  await client.query(
    `CREATE TABLE ${SCHEMA}.written (LIKE ${SCHEMA}.empty)${
      isDivided ? ` PARTITION BY HASH (${key.name})` : ""
    }`,
  );
  for (let at = 0; isDivided && at < partitions; at++) {
    await client.query(
      `CREATE TABLE ${SCHEMA}.written_${at} PARTITION OF ${SCHEMA}.written ` +
        `FOR VALUES WITH (MODULUS ${partitions}, REMAINDER ${at})`,
    );
  }
  return () => `INSERT INTO ${SCHEMA}.written ${text}`;
}

async function writtenKiB({ client }: Stopwatch): Promise<number> {
  return (await client.query<{ kib: number }>(predictSql("written_size.sql"))).rows[0]!.kib;
}
