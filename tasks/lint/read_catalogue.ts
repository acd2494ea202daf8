import type pg from "pg";
import { parseStatements, type SqlNode } from "../postgres/sql_parser.ts";
import { Catalogue, type Volatility } from "./catalogue.ts";
import { lintSql } from "./lint_sql.ts";
import { statisticsName } from "./names.ts";
import { fields, nodes } from "./nodes.ts";
import {
  bareRelation,
  type Constraint,
  type Relation,
  type RelationColumn,
  type RelationKind,
} from "./relations.ts";

/** A row of queries/lint/relations.sql. */
interface RelationRow {
  readonly name: string;
  readonly kind: keyof typeof KINDS;
  readonly rows: number | null;
  readonly bytes: number;
  readonly isDefault: boolean;
  readonly partitionKey: string | null;
  readonly bound: string | null;
  readonly parents: readonly string[] | null;
  readonly reads: readonly string[] | null;
  readonly readsColumns: readonly string[] | null;
  readonly isLogged: boolean;
  readonly accessMethod: string | null;
  readonly tablespace: string | null;
  readonly ofType: string | null;
  readonly triggers: Relation["triggers"];
  readonly indexOf: string | null;
  readonly isUnique: boolean | null;
  readonly indexColumns: readonly string[] | null;
  readonly columns: readonly RelationColumn[] | null;
}

/** A row of queries/lint/constraints.sql. */
interface ConstraintRow {
  readonly table: string;
  readonly name: string;
  readonly kind: keyof typeof CONSTRAINTS;
  readonly valid: boolean;
  readonly columns: readonly string[];
  readonly references: string | null;
  readonly referencedColumns: readonly string[];
  readonly onDelete: string;
  readonly expression: string | null;
}

const KINDS = {
  r: "table",
  p: "partitioned table",
  i: "index",
  I: "index",
  v: "view",
  m: "materialized view",
  S: "sequence",
  f: "foreign table",
  c: "composite type",
} as const satisfies Record<string, RelationKind>;

const CONSTRAINTS = {
  c: "check",
  f: "foreign key",
  p: "primary key",
  u: "unique",
  n: "not null",
  x: "exclusion",
} as const satisfies Record<string, Constraint["kind"]>;

const VOLATILITIES: Readonly<Record<string, Volatility>> = { i: "immutable", s: "stable", v: "volatile" };

/**
 * What is known of a database: its catalogue and statistics are read, no table is.
 * @param path schemas in which names without one are looked for
 */
export async function readCatalogue(client: pg.ClientBase, path: readonly string[]): Promise<Catalogue> {
  const catalogue = new Catalogue(true, path);
  const constraints = await readConstraints(client);
  const { rows } = await client.query<RelationRow>(lintSql("relations.sql"));
  const bounds = await parsedBounds(rows.flatMap(({ bound }) => bound ?? []));
  for (const row of rows) {
    const own = constraints.get(row.name) ?? [];
    const kind = KINDS[row.kind];
    catalogue.put({
      ...bareRelation(row.name, kind),
      columns: (row.columns ?? []).map((column) => ({
        ...column,
        // One that is there, and that not all rows keep to.
        notNull: column.notNull &&
          !own.some((each) => each.kind === "not null" && !each.valid && each.columns.includes(column.name)),
      })),
      constraints: own,
      index: row.indexOf === null ? null : {
        table: row.indexOf,
        columns: row.indexColumns ?? [],
        unique: row.isUnique === true,
      },
      parents: row.parents ?? [],
      isDefault: row.isDefault,
      bound: row.bound === null ? null : bounds.get(row.bound) ?? null,
      partitionKey: row.partitionKey,
      reads: row.reads ?? [],
      readsColumns: row.readsColumns ?? [],
      isLogged: row.isLogged,
      accessMethod: row.accessMethod,
      tablespace: row.tablespace,
      ofType: row.ofType,
      triggers: row.triggers ?? [],
      rows: row.rows,
      bytes: row.bytes,
    });
  }
  for (const { name, kind, table } of (await client.query(lintSql("functions.sql"))).rows) {
    if (kind === "domain" || kind === "held domain") catalogue.putDomain(name, kind !== "domain", table);
    else if (kind === "built-in") catalogue.putVolatile(name);
    // One that names no table names a schema, or all.
    else if (kind === "publication") {
      catalogue.putPublication(name, [
        ...catalogue.publication(name) ?? [],
        ...table === null ? [] : [table],
      ]);
    } else if (kind === "statistics") {
      catalogue.put({
        ...bareRelation(statisticsName(name), "statistics"),
        index: { table, columns: [], unique: false },
      });
    } else catalogue.putFunction(name, VOLATILITIES[kind] ?? "volatile");
  }
  return catalogue;
}

async function readConstraints(client: pg.ClientBase): Promise<Map<string, Constraint[]>> {
  const { rows } = await client.query<ConstraintRow>(lintSql("constraints.sql"));
  const expressions = await parsedExpressions(rows.flatMap(({ expression }) => expression ?? []));
  const found = new Map<string, Constraint[]>();
  for (
    const { table, name, kind, valid, columns, references, referencedColumns, onDelete, expression } of rows
  ) {
    const own = found.get(table) ?? [];
    found.set(table, own);
    own.push({
      name,
      kind: CONSTRAINTS[kind],
      columns,
      valid,
      references,
      referencedColumns,
      onDelete: /[cnd]/.test(onDelete) ? "changes" : "none",
      expression: expression === null ? null : expressions.get(expression) ?? null,
    });
  }
  return found;
}

async function parsedExpressions(texts: readonly string[]): Promise<Map<string, SqlNode>> {
  const all = await parseStatements(texts.map((text) => `SELECT ${text}`).join(";\n"), {
    file: "pg_constraint",
  });
  return new Map(texts.map((text, at) => {
    const [target] = nodes(fields(all[at]!["SelectStmt"])["targetList"]);
    return [text, fields(fields(target!["ResTarget"])["val"])];
  }));
}

/** `FOR VALUES FROM (…) TO (…)` and its like, as in the statement that makes a partition. */
async function parsedBounds(texts: readonly string[]): Promise<Map<string, SqlNode>> {
  const all = await parseStatements(
    texts.map((text) => `CREATE TABLE part PARTITION OF whole ${text}`).join(";\n"),
    { file: "pg_class" },
  );
  return new Map(texts.map((text, at) => [text, fields(fields(all[at]!["CreateStmt"])["partbound"])]));
}
