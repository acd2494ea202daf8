import type { PgClient } from "../postgres/client.ts";
import type { IndexFacts, PredictionFacts, QueryFacts, RelationFacts } from "./facts.ts";
import { makeLikeness } from "./likeness.ts";
import { likenessRows } from "./likely_work.ts";
import type { Named } from "./mentioned.ts";
import { mentioned, replaceNames } from "./mentioned.ts";

/** Of the largest table of a query; the others have the same share of their rows. */
const MOST_ROWS = 250_000;
/** A table that is smaller keeps all its rows: as many values as there are find theirs. */
const KEPT_ROWS = 10_000;

/**
 * Makes likenesses of all tables that a query reads, and of the views by which it does so.
 * @param prefix of their names, with a schema that is there
 * @returns the query that reads these instead, and the share of its largest table's rows that they have
 */
export async function likenessOfQuery(
  client: Pick<PgClient, "query">,
  prefix: string,
  { text: query, indexes }: Pick<QueryFacts, "text" | "indexes">,
  named: readonly Named[],
  { relations }: Pick<PredictionFacts, "relations">,
): Promise<{ readonly text: string; readonly share: number }> {
  const read = mentioned(query, named, [...relations.keys()]);
  const tables = read.flatMap((name) => relations.get(name) ?? []);
  const largest = Math.max(1, ...tables.map(({ rows }) => rows));
  // Of one table alone fewer rows tell as much: none of them has to find another's.
  const share = Math.min(1, (tables.length === 1 ? likenessRows(tables[0]!, []) : MOST_ROWS) / largest);
  const names = new Map<string, string>();
  for (const [at, its] of tables.entries()) {
    const name = `${prefix}t${at}`;
    await makeLikeness(client, name, its, rowsOf(its, share));
    for (const { definition } of its.indexes.filter((index) => isRead(index, indexes))) {
      await client.query(`CREATE INDEX ON ${name} ${definition}`);
    }
    await client.query(`ANALYZE ${name}`);
    names.set(its.relation, name);
  }
  const views = named.filter(({ name }) => read.includes(name) && !relations.has(name));
  // One may be made of another: what cannot be made yet is made once that is there.
  for (let rest = views; rest.length > 0;) {
    const ready = rest.filter(({ text }) =>
      !rest.some(({ name }) => mentioned(text, [{ name, text: "" }], []).length > 0)
    );
    if (ready.length === 0) break;
    for (const { name, text } of ready) {
      const likeness = `${prefix}v${names.size}`;
      await client.query(`CREATE VIEW ${likeness} AS ${replaceNames(text, names)}`);
      names.set(name, likeness);
    }
    rest = rest.filter((view) => !ready.includes(view));
  }
  return { text: replaceNames(query, names), share };
}

function rowsOf({ rows }: RelationFacts, share: number): number {
  return Math.max(1, Math.round(rows <= KEPT_ROWS ? rows : rows * share));
}

/** @param read names of the indexes that are read, without schemas */
function isRead({ name }: IndexFacts, read: readonly string[]): boolean {
  return read.some((each) => name.endsWith(`.${each}`) || name.endsWith(`."${each.replaceAll('"', '""')}"`));
}
