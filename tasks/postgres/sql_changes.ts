import type { SqlNode, SqlStatement } from "./sql_parser.ts";
import { callsOf, nodesIn, type SqlCall } from "./sql_writes.ts";

/** What a statement does to rows that stand in a table, or to the table itself. */
export type Effect =
  /** These columns get other values; `defined`: by another definition of the table, which no trigger sees. */
  | { readonly kind: "columns"; readonly columns: readonly string[]; readonly defined?: true }
  /** Rows come, or go, or the table itself; `attach`: as those of a partition. */
  | { readonly kind: "insert" | "delete" | "truncate" | "truncate cascade" | "attach" | "drop" }
  /** Another table stands under its name. */
  | { readonly kind: "remade" };

/** A table as statements name it, unquoted. */
export interface NamedTable {
  /** Null where the search path finds it. */
  readonly schema: string | null;
  readonly table: string;
}

/** What a table meets. */
export interface TableEffect extends NamedTable {
  readonly effect: Effect;
}

/** What statements that change a database say of what they write. */
export interface SqlChanges {
  readonly effects: readonly TableEffect[];
  /** Functions that they call, PostgreSQL's own among them. */
  readonly calls: readonly SqlCall[];
  /** What else they have run, which may write anything: `a block of DO`. */
  readonly code: readonly string[];
}

interface RangeVar {
  readonly schemaname?: string;
  readonly relname: string;
  readonly relpersistence?: string;
}

/** Kinds of statements that name code which runs later: what stands within does not run now. */
const DEFINING = new Set(["CreateFunctionStmt", "CreateTrigStmt", "RuleStmt"]);

/** Reads statements in the order in which they run. */
export function changesOf(statements: readonly Pick<SqlStatement, "node">[]): SqlChanges {
  const names = new Names();
  const calls: SqlCall[] = [];
  const code = new Set<string>();
  for (const { node } of statements) {
    const [kind, fields] = Object.entries(node)[0] as [string, SqlNode];
    const defined = codeOf(kind, fields);
    if (defined !== null) code.add(defined);
    if (DEFINING.has(kind)) continue;
    calls.push(...callsOf(node));
    for (const [type, inner] of nodesIn(node)) {
      for (const [relation, effect] of effectsOf(type, inner)) names.meets(relation, effect);
      names.change(type, inner);
    }
  }
  return { effects: names.effects, calls, code: [...code] };
}

function codeOf(kind: string, fields: SqlNode): string | null {
  switch (kind) {
    case "DoStmt":
      return "a block of DO";
    case "CreateTrigStmt":
      return `the new trigger ${fields["trigname"]}`;
    case "RuleStmt":
      return `the new rule ${fields["rulename"]}`;
    case "CreateFunctionStmt": {
      const isTrigger = nameOf((fields["returnType"] as SqlNode | undefined)?.["names"]) === "trigger";
      return isTrigger ? `the new function ${nameOf(fields["funcname"])}()` : null;
    }
    default:
      return null;
  }
}

/** The last part of a name. */
function nameOf(names: unknown): string | undefined {
  return (names as { String: { sval: string } }[] | undefined)?.at(-1)?.String.sval;
}

/** What one node of a statement does to the tables that it names. */
function effectsOf(type: string, node: SqlNode): (readonly [RangeVar, Effect])[] {
  const relation = node["relation"] as RangeVar;
  switch (type) {
    case "UpdateStmt":
      return [[relation, { kind: "columns", columns: targets(node) }]];
    case "InsertStmt":
      return [
        [relation, { kind: "insert" }],
        ...onConflict(node).map((effect) => [relation, effect] as const),
      ];
    case "DeleteStmt":
      return [[relation, { kind: "delete" }]];
    case "MergeStmt":
      return (node["mergeWhenClauses"] as { MergeWhenClause: SqlNode }[]).flatMap(({ MergeWhenClause }) =>
        merged(MergeWhenClause).map((effect) => [relation, effect] as const)
      );
    case "TruncateStmt": {
      const kind = node["behavior"] === "DROP_CASCADE" ? "truncate cascade" : "truncate";
      return (node["relations"] as { RangeVar: RangeVar }[]).map(({ RangeVar }) => [RangeVar, { kind }]);
    }
    case "AlterTableStmt":
      return (node["cmds"] as { AlterTableCmd: SqlNode }[]).flatMap(({ AlterTableCmd }) =>
        altered(AlterTableCmd).map((effect) => [relation, effect] as const)
      );
    case "RenameStmt":
      return node["renameType"] === "OBJECT_COLUMN"
        ? [[relation, { kind: "columns", columns: [node["newname"] as string], defined: true }]]
        : [];
    case "DropStmt":
      return node["removeType"] !== "OBJECT_TABLE"
        ? []
        : (node["objects"] as { List: { items: unknown[] } }[])
          .map(({ List: { items } }) => {
            const schema = nameOf(items.slice(0, -1));
            const relname = nameOf(items)!;
            return [schema === undefined ? { relname } : { schemaname: schema, relname }, { kind: "drop" }];
          });
    default:
      return [];
  }
}

function onConflict(node: SqlNode): Effect[] {
  const clause = node["onConflictClause"] as SqlNode | undefined;
  return clause?.["action"] === "ONCONFLICT_UPDATE" ? [{ kind: "columns", columns: targets(clause) }] : [];
}

function targets(node: SqlNode): string[] {
  return (node["targetList"] as { ResTarget: { name: string } }[]).map(({ ResTarget }) => ResTarget.name);
}

function merged(clause: SqlNode): Effect[] {
  switch (clause["commandType"]) {
    case "CMD_UPDATE":
      return [{ kind: "columns", columns: targets(clause) }];
    case "CMD_INSERT":
      return [{ kind: "insert" }];
    case "CMD_DELETE":
      return [{ kind: "delete" }];
    default:
      return [];
  }
}

function altered({ subtype, name, def, missing_ok }: SqlNode): Effect[] {
  const column = (def as { ColumnDef?: SqlNode } | undefined)?.ColumnDef;
  switch (subtype) {
    case "AT_AlterColumnType":
      // Without USING a value is to stay what it is.
      return column?.["raw_default"] === undefined
        ? []
        : [{ kind: "columns", columns: [name as string], defined: true }];
    case "AT_AddColumn":
      // It may come under the name of one that was dropped.
      return missing_ok === true
        ? []
        : [{ kind: "columns", columns: [column!["colname"] as string], defined: true }];
    case "AT_SetExpression":
      return [{ kind: "columns", columns: [name as string], defined: true }];
    case "AT_AttachPartition":
    case "AT_DetachPartition":
    case "AT_AddInherit":
    case "AT_DropInherit":
      return [{ kind: "attach" }];
    default:
      return [];
  }
}

/** Which tables names stand for while statements make, rename and move tables. */
class Names {
  readonly effects: TableEffect[] = [];
  /** What a table was called before, by its name. */
  readonly #former = new Map<string, NamedTable>();
  readonly #made = new Set<string>();
  readonly #temporary = new Set<string>();

  meets(relation: RangeVar, effect: Effect): void {
    const table = named(relation);
    const key = keyOf(table);
    if (this.#temporary.has(key)) return;
    // Rows of a table that was made by the change are its own.
    if (effect.kind !== "columns" && this.#made.has(key)) return;
    this.effects.push({ ...table, effect });
    const former = this.#former.get(key);
    if (former !== undefined) this.effects.push({ ...former, effect });
  }

  change(type: string, node: SqlNode): void {
    if (type === "CreateStmt" && node["if_not_exists"] !== true) this.#make(node["relation"] as RangeVar);
    if (
      type === "CreateTableAsStmt" && node["if_not_exists"] !== true && node["objtype"] === "OBJECT_TABLE"
    ) {
      this.#make((node["into"] as { rel: RangeVar }).rel);
    }
    if (type === "ViewStmt") this.#make(node["view"] as RangeVar);
    if (type === "intoClause") this.#make(node["rel"] as RangeVar);
    const isTable = [node["renameType"], node["objectType"]].some((of) =>
      of === "OBJECT_TABLE" || of === "OBJECT_VIEW"
    );
    if (!isTable) return;
    const from = named(node["relation"] as RangeVar);
    if (type === "RenameStmt") this.#rename(from, { ...from, table: node["newname"] as string });
    if (type === "AlterObjectSchemaStmt") {
      this.#rename(from, { ...from, schema: node["newschema"] as string });
    }
  }

  #make(relation: RangeVar): void {
    const table = named(relation);
    if (relation.relpersistence === "t") {
      this.#temporary.add(keyOf(table));
      return;
    }
    this.#made.add(keyOf(table));
    this.effects.push({ ...table, effect: { kind: "remade" } });
  }

  #rename(from: NamedTable, to: NamedTable): void {
    const [old, key] = [keyOf(from), keyOf(to)];
    const former = this.#former.get(old) ?? from;
    this.#former.delete(old);
    const isBack = keyOf(former) === key;
    if (!isBack) {
      this.#former.set(key, former);
      this.effects.push({ ...to, effect: { kind: "remade" } });
    }
    if (this.#made.delete(old)) this.#made.add(key);
    else this.#made.delete(key);
  }
}

function named({ schemaname, relname }: RangeVar): NamedTable {
  return { schema: schemaname ?? null, table: relname };
}

function keyOf({ schema, table }: NamedTable): string {
  return JSON.stringify([schema, table]);
}
