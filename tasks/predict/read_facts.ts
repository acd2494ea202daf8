import type { PgClient } from "../postgres/client.ts";
import type { IndexFacts, QueryFacts, RelationFacts } from "./facts.ts";
import { predictSql } from "./predict_sql.ts";

/** A row of queries/predict/relations.sql. */
interface RelationRow extends Pick<RelationFacts, "relation" | "rows" | "bytes"> {
  readonly indexes: readonly IndexFacts[];
  readonly definition: string | null;
}

/** All tables and materialized views as catalogue and statistics know them; no row of them is read. */
export async function readRelations(client: Pick<PgClient, "query">): Promise<RelationFacts[]> {
  const { rows } = await client.query<RelationRow>(predictSql("relations.sql"));
  const found: RelationFacts[] = [];
  for (const { definition, ...row } of rows) {
    const query = definition === null ? null : await explainQuery(client, definition);
    found.push({ ...row, origin: row.relation, query });
  }
  return found;
}

/** What the planner expects of a query, which is not run; null: it cannot be planned. */
export async function explainQuery(
  client: Pick<PgClient, "query">,
  query: string,
): Promise<QueryFacts | null> {
  try {
    const { rows } = await client.query<{ "QUERY PLAN": readonly [{ readonly Plan: Planned }] }>(
      `EXPLAIN (FORMAT JSON) ${query}`,
    );
    const { Plan: plan } = rows[0]!["QUERY PLAN"][0];
    return {
      text: query,
      cost: plan["Total Cost"],
      rows: plan["Plan Rows"],
      width: plan["Plan Width"],
      steps: stepsOf(plan),
      indexes: indexesOf(plan),
      partitions: null,
    };
  } catch {
    // It names what the change makes before it, or what nobody may read.
    return null;
  }
}

interface Planned {
  readonly "Total Cost": number;
  readonly "Plan Rows": number;
  readonly "Plan Width": number;
  readonly "Node Type": string;
  readonly "Index Name"?: string;
  readonly Plans?: readonly Planned[];
}

function stepsOf({ "Node Type": step, Plans: below = [] }: Planned): string {
  return below.length === 0 ? step : `${step} (${below.map(stepsOf).join(", ")})`;
}

function indexesOf({ "Index Name": index, Plans: below = [] }: Planned): string[] {
  return [...index === undefined ? [] : [index], ...below.flatMap(indexesOf)];
}
