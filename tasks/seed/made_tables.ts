import type { DatasetTable, Rows } from "./dataset.ts";
import { schemaSql } from "./sql.ts";

/** A table as the SQL that makes it says. */
export interface MadeTable {
  readonly schema: string;
  /** In the order in which the fields of a row are written. */
  readonly columns: readonly string[];
}

export type MadeTables = Readonly<Record<string, MadeTable>>;

/** Not by the grammar, as other SQL: every task loads the data sets, and the parser takes 30 ms. */
const CREATED = /^CREATE TABLE (\w+)\.(\w+) \(\n([\s\S]*?)\n\)/gm;

/** The tables of queries/schema/<dataset>/tables.sql by name, in its order; a partition is not one of them. */
export function madeTables(dataset: string): MadeTables {
  return Object.fromEntries(
    [...schemaSql(`${dataset}/tables.sql`).matchAll(CREATED)].map(([, schema, name, body]) => [
      name!,
      { schema: schema!, columns: [...body!.matchAll(/^ {2}(\w+) /gm)].map(([, column]) => column!) },
    ]),
  );
}

/** The schema of each table, by its name. */
export function schemasOf(made: MadeTables): Record<string, string> {
  return Object.fromEntries(Object.entries(made).map(([name, { schema }]) => [name, schema]));
}

/** Rows with the place that they go to. @param partition where it is not the table itself, with its schema */
export function placed(made: MadeTables, rows: Rows, partition?: string): DatasetTable {
  const { schema, columns } = made[rows.name]!;
  return { ...rows, relation: partition ?? `${schema}.${rows.name}`, columns };
}

/** The rows of all relations by table: a partitioned one has several. */
export function rowsByTable(relations: Iterable<Pick<Rows, "name" | "rows">>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { name, rows } of relations) counts[name] = (counts[name] ?? 0) + rows;
  return counts;
}
