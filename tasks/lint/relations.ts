import type { SqlNode } from "../postgres/sql_parser.ts";

/** What kind of thing a relation is. */
export type RelationKind =
  | "table"
  | "partitioned table"
  | "index"
  | "view"
  | "materialized view"
  | "sequence"
  | "foreign table"
  | "composite type"
  | "statistics";

/** A column, as far as effects depend on it. */
export interface RelationColumn {
  readonly name: string;
  /** As `format_type` writes it: `character varying(20)`. */
  readonly type: string;
  readonly notNull: boolean;
  /** Whether it is worked out when it is read. */
  readonly isVirtual: boolean;
  /** Sequences that go with it, by name as in `Relation`. */
  readonly sequences: readonly string[];
}

/** A constraint of a table. */
export interface Constraint {
  readonly name: string;
  readonly kind: "check" | "foreign key" | "primary key" | "unique" | "not null" | "exclusion";
  readonly columns: readonly string[];
  /** Whether PostgreSQL has seen that all rows keep to it. */
  readonly valid: boolean;
  /** The table that a foreign key refers to. */
  readonly references: string | null;
  /** The columns of that table that it refers to. */
  readonly referencedColumns: readonly string[];
  /** What becomes of the rows of a foreign key when those that they refer to are deleted. */
  readonly onDelete: "none" | "changes";
  /** Of a check. */
  readonly expression: SqlNode | null;
}

/** A relation, as far as it is known. */
export interface Relation {
  /** `schema.name`, quoted where PostgreSQL needs it. */
  readonly name: string;
  readonly kind: RelationKind;
  readonly columns: readonly RelationColumn[];
  readonly constraints: readonly Constraint[];
  /** Of an index, and of statistics: its table, what it is built of, whether it is unique. */
  readonly index:
    | { readonly table: string; readonly columns: readonly string[]; readonly unique: boolean }
    | null;
  /** What it is a partition or a child of. */
  readonly parents: readonly string[];
  /** Of a partition: whether it takes the rows that no other one does. */
  readonly isDefault: boolean;
  /** Of a partition: PostgreSQL's PartitionBoundSpec; null: not known. */
  readonly bound: SqlNode | null;
  /** Of a divided table: what by, as `RANGE (order_date)`. */
  readonly partitionKey: string | null;
  /** Of a view: the relations that its query reads. */
  readonly reads: readonly string[];
  /** The same by column: `shop.orders.code`. */
  readonly readsColumns: readonly string[];
  /** Whether it is written to the log; null: not known. */
  readonly isLogged: boolean | null;
  /** Its form on disk, as `heap`; null likewise. */
  readonly accessMethod: string | null;
  /** Where its file is; null likewise. */
  readonly tablespace: string | null;
  /** The composite type that it was made of; null: none. */
  readonly ofType: string | null;
  /** Its triggers; null: not known. */
  readonly triggers: readonly { readonly name: string; readonly isOfRows: boolean }[] | null;
  /** Rows by the statistics; null: nobody knows. */
  readonly rows: number | null;
  /** Its own file, in bytes; null likewise. */
  readonly bytes: number | null;
  /** Whether the file that is looked at has made it: nobody else uses it yet. */
  readonly isNew: boolean;
}

/** A relation of which nothing is known but what it is called. */
export function bareRelation(name: string, kind: RelationKind, isNew = false): Relation {
  return {
    name,
    kind,
    columns: [],
    constraints: [],
    index: null,
    parents: [],
    isDefault: false,
    bound: null,
    partitionKey: null,
    reads: [],
    readsColumns: [],
    isLogged: null,
    accessMethod: null,
    tablespace: null,
    ofType: null,
    triggers: null,
    rows: isNew ? 0 : null,
    bytes: isNew ? 0 : null,
    isNew,
  };
}
