import type { StatementEffects } from "../model/statement_effects.ts";
import type { SqlNode } from "../postgres/sql_parser.ts";
import type { QueryFacts, RelationFacts } from "./facts.ts";
import { replaceNames } from "./mentioned.ts";

/** Bytes of a row of which nothing is known. */
const ROW_BYTES = 60;

/** The relations as the statements before make them: what they are called by then, and how many rows they have. */
export class Lineage {
  readonly relations: Map<string, RelationFacts>;
  /** By the table that they are of. */
  readonly #partitions = new Map<string, readonly string[]>();

  constructor(relations: ReadonlyMap<string, RelationFacts>) {
    this.relations = new Map(relations);
  }

  /** A query's text with the names that relations had before, so that it can be planned. */
  before(query: string): string {
    const renamed = [...this.relations.values()].filter(({ relation, origin }) => relation !== origin);
    return replaceNames(query, new Map(renamed.map(({ relation, origin }) => [relation, origin])));
  }

  /** Takes in what a statement does to names and rows. @param query what is expected of its query */
  after(node: SqlNode, { work }: StatementEffects, query: QueryFacts | null): void {
    const [kind, fields] = Object.entries(node)[0] as [string, SqlNode];
    switch (kind) {
      case "RenameStmt":
        if (fields["renameType"] === "OBJECT_TABLE") {
          this.#renamed(nameOf(fields["relation"]), String(fields["newname"]));
        }
        break;
      case "CreateStmt":
        this.#made(nameOf(fields["relation"]), likenessOf(fields) ?? this.#partitionOf(fields));
        break;
      case "CreateTableAsStmt":
        this.#filled(nameOf((fields["into"] as SqlNode | undefined)?.["rel"]), query, null);
        break;
      case "InsertStmt": {
        const source = work.find(({ kind }) => kind === "read");
        this.#filled(nameOf(fields["relation"]), query, source?.relation ?? null);
        break;
      }
      case "IndexStmt":
        this.#indexed(nameOf(fields["relation"]));
    }
  }

  #renamed(name: string, to: string): void {
    const its = this.relations.get(name);
    if (its === undefined) return;
    this.relations.delete(name);
    const relation = `${name.slice(0, name.lastIndexOf(".") + 1)}${to}`;
    this.relations.set(relation, { ...its, relation });
  }

  #made(relation: string, like: string | null): void {
    const its = like === null ? undefined : this.relations.get(like);
    this.relations.set(relation, {
      relation,
      origin: its?.origin ?? relation,
      rows: 0,
      bytes: 0,
      indexes: [],
      query: null,
    });
  }

  /** The table that a new one is a partition of; null: it is none. */
  #partitionOf(fields: SqlNode): string | null {
    if (fields["partbound"] === undefined) return null;
    const [parent] = (fields["inhRelations"] ?? []) as readonly SqlNode[];
    const name = nameOf(parent?.["RangeVar"]);
    this.#partitions.set(name, [...this.#partitions.get(name) ?? [], nameOf(fields["relation"])]);
    return name;
  }

  #filled(relation: string, query: QueryFacts | null, source: string | null): void {
    if (query === null) return;
    const partitions = this.#partitions.get(relation) ?? [];
    // Which of them gets which rows is not known: all work on them together takes as long.
    for (const partition of partitions) {
      this.#filled(partition, { ...query, rows: query.rows / partitions.length }, source);
    }
    const known = this.relations.get(relation);
    const its = known ?? { relation, origin: relation, rows: 0, bytes: 0, indexes: [], query: null };
    const from = source === null ? undefined : this.relations.get(source);
    const width = from === undefined || from.rows === 0 ? ROW_BYTES : from.bytes / from.rows;
    this.relations.set(relation, {
      ...its,
      rows: its.rows + query.rows,
      bytes: its.bytes + query.rows * width,
    });
  }

  #indexed(relation: string): void {
    const its = this.relations.get(relation);
    if (its === undefined) return;
    const made = { name: "", bytes: 0, definition: "" };
    this.relations.set(relation, { ...its, indexes: [...its.indexes, made] });
  }
}

/** The table that a new one is made LIKE; null: it is not. */
function likenessOf(fields: SqlNode): string | null {
  const elements = (fields["tableElts"] ?? []) as readonly SqlNode[];
  const like = elements.find((element) => "TableLikeClause" in element);
  return like === undefined ? null : nameOf((like["TableLikeClause"] as SqlNode)["relation"]);
}

function nameOf(range: unknown): string {
  const { schemaname, relname } = (range ?? {}) as {
    readonly schemaname?: string;
    readonly relname?: string;
  };
  return [schemaname, relname].filter((part) => part !== undefined).join(".");
}

/** The query whose rows a statement keeps: of INSERT, CREATE TABLE AS and CREATE MATERIALIZED VIEW; null of any other. */
export function queryOf(node: SqlNode, text: string): string | null {
  const [kind, fields] = Object.entries(node)[0] as [string, SqlNode];
  const select = (fields["selectStmt"] as SqlNode | undefined)?.["SelectStmt"] as SqlNode | undefined;
  const isQuery = kind === "CreateTableAsStmt" ||
    kind === "InsertStmt" && select?.["fromClause"] !== undefined;
  if (!isQuery) return null;
  return /\b(?:WITH|SELECT)\b[\s\S]*$/i.exec(text)?.[0].replace(/\s+WITH(?: NO)? DATA\s*$/i, "") ?? null;
}
