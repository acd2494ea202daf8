import { join } from "node:path";
import { readSmallText } from "../../files/small_file.ts";
import { isReservedKey } from "../../load/proof_slots.ts";
import { checkFile } from "../../load/write_check.ts";
import type { LoadedScenario } from "../../load/scenario.ts";
import { isCaptured, type ScenarioOperation } from "../../model/scenario.ts";
import { nodesIn } from "../../postgres/sql_writes.ts";
import { parseStatements, type SqlNode } from "../../postgres/sql_parser.ts";
import { datasets } from "../../seed/catalog.ts";
import { parseSql } from "../../targets/workload_sql.ts";

/** A table that a write puts rows into, under a key that is its alone. */
export interface InsertedTable {
  /** `schema.name`. */
  readonly table: string;
  /** The column of the key. */
  readonly key: string;
  /** The least of such keys. */
  readonly from: number;
  /** The parameters that give its columns values, by column; null: those that are called alike. */
  readonly given: Readonly<Record<string, string>> | null;
}

/** How the row of a register is found. */
export interface RegisterKey {
  readonly column: string;
  readonly param: string;
  /** So many steps before it in the session the parameter is the reserved key of; absent: it is the write's own. */
  readonly back?: number;
}

/** A value of a row that many writes give, one after another. */
export interface Register {
  /** `schema.name`. */
  readonly table: string;
  /** The column by which the row is found, and the parameter that has its value. */
  readonly key: RegisterKey;
  /** The column that is written, and the parameter that has its value. */
  readonly value: { readonly column: string; readonly param: string };
  /** All columns that the statement sets. */
  readonly changed: readonly string[];
}

/** What an operation leaves in the database. */
export type Written =
  | {
    readonly kind: "rows";
    readonly tables: readonly InsertedTable[];
    readonly param: string;
    /** Whether its statement puts them there whenever it succeeds, also where it answers no row. */
    readonly always: boolean;
  }
  | { readonly kind: "register"; readonly register: Register }
  /** It writes what cannot be told beforehand. */
  | { readonly kind: "unknown" };

/** Of a scenario, as far as what it writes is asked for. */
export type WritingScenario = Pick<
  LoadedScenario,
  "operations" | "workloadDir" | "datasetName" | "ownTables"
>;

/**
 * What each operation of a scenario writes, by its index; null for reads. Rows under reserved keys are those of the data
 * set's tables that the write's `.check.sql` reads, or of tables of the user's own what `INSERT … VALUES` gives; a register
 * is what an UPDATE sets where a column equals a parameter.
 */
export async function writtenBy(scenario: WritingScenario): Promise<(Written | null)[]> {
  const { operations } = scenario;
  const written = await Promise.all(
    operations.map((operation) => operation.write ? ofWrite(scenario, operation) : null),
  );
  return written.map((one, at) => {
    if (one?.kind !== "rows") return one;
    // Whoever gets its key may have done anything to them.
    const later = operations.filter((_, other) => other > at && written[other]?.kind === "unknown");
    const isChanged = later.some(({ params }) =>
      Object.values(params).some((draw) =>
        isCaptured(draw) && isReservedKey(operations, draw) && keyOf(operations, draw).operation === at
      )
    );
    return isChanged ? UNKNOWN : one;
  });
}

/** Columns of a table's rows that later steps of the sessions set which have inserted them. */
export function changedLater(
  written: readonly (Written | null)[],
  { table }: InsertedTable,
): ReadonlySet<string> {
  return new Set(
    written.flatMap((one) =>
      one?.kind === "register" && one.register.table === table && one.register.key.back !== undefined
        ? one.register.changed
        : []
    ),
  );
}

const UNKNOWN = { kind: "unknown" } as const;

/** The step whose reserved key a captured value is, and its parameter. */
function keyOf(
  operations: readonly ScenarioOperation[],
  { from, column }: { readonly from: string; readonly column: string },
): { readonly operation: number; readonly param: string } {
  const operation = operations.findIndex(({ name }) => name === from);
  const draw = operations[operation]!.params[column]!;
  return isCaptured(draw) ? keyOf(operations, draw) : { operation, param: column };
}

async function ofWrite(
  { operations, workloadDir, datasetName, ownTables }: WritingScenario,
  { name, params }: ScenarioOperation,
): Promise<Written> {
  const draws = Object.entries(params);
  const isKnown = (param: string) => !isCaptured(params[param]!);
  if (draws.some(([, draw]) => draw.kind === "after" && !isKnown(draw.of))) return UNKNOWN;
  const { node, always, nameOf } = await onlyWrite(join(workloadDir, `${name}.sql`));
  const register = node === null ? null : registerOf(node, nameOf);
  if (register !== null) {
    const { key, value } = register;
    if (!isKnown(value.param)) return UNKNOWN;
    const draw = params[key.param]!;
    if (!isCaptured(draw)) return { kind: "register", register };
    if (!isReservedKey(operations, draw)) return UNKNOWN;
    const { operation, param } = keyOf(operations, draw);
    const back = operations.findIndex((each) => each.name === name) - operation;
    return { kind: "register", register: { ...register, key: { column: key.column, param, back } } };
  }
  const [param, draw] = draws.find(([, draw]) => draw.kind === "reserved") ?? [];
  if (param === undefined || draw?.kind !== "reserved") return UNKNOWN;
  const tables = datasetName === null
    ? node === null ? [] : insertedBy(node, nameOf, param, ownTables?.keys?.[draw.keys]?.from ?? 0)
    : ofDataset(datasetName, readSmallText(checkFile(workloadDir, name)));
  return tables.length === 0 ? UNKNOWN : { kind: "rows", tables, param, always };
}

function ofDataset(datasetName: string, check: string): InsertedTable[] {
  const { reserved, reservedBase: from } = datasets[datasetName]!;
  return reserved
    .filter(({ table }) => new RegExp(`\\b${table.replace(".", "\\.")}\\b`).test(check))
    .map(({ table, column }) => ({ table, key: column, from, given: null }));
}

const WRITES = new Set(["InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"]);

/** The name of the parameter that a value is; null where it is something else. */
type NameOf = (value: unknown) => string | null;

/** The write within a file's statement, where there is but one. */
async function onlyWrite(
  file: string,
): Promise<{ readonly node: SqlNode | null; readonly always: boolean; readonly nameOf: NameOf }> {
  const { text, parameters } = await parseSql(readSmallText(file), file);
  const writes = [...nodesIn(await parseStatements(text, { file }))].filter(([name]) => WRITES.has(name));
  const nameOf = (value: unknown) => {
    const number = parameterOf(value);
    return number === null ? null : parameters[number - 1]!.name;
  };
  return {
    node: writes.length === 1 ? { [writes[0]![0]]: writes[0]![1] } : null,
    always: writes.some(([, node]) => givesRow(node)) &&
      writes.every(([name, node]) => name === "InsertStmt" && node["onConflictClause"] === undefined),
    nameOf,
  };
}

/** Whether it is an INSERT of VALUES, and not of whatever rows a query finds. */
function givesRow({ selectStmt }: SqlNode): boolean {
  return (selectStmt as { SelectStmt?: SqlNode } | undefined)?.SelectStmt?.["valuesLists"] !== undefined;
}

interface Relation {
  readonly schemaname?: string;
  readonly relname: string;
}

interface Target {
  readonly ResTarget: { readonly name: string; readonly val?: SqlNode };
}

/** The register of `UPDATE s.t SET value = :a WHERE key = :b`; null where a statement does something else. */
function registerOf(
  { UpdateStmt: update }: { readonly UpdateStmt?: SqlNode },
  nameOf: NameOf,
): Register | null {
  if (update === undefined) return null;
  const { schemaname, relname } = update["relation"] as Relation;
  const assigned = (update["targetList"] as readonly Target[]).map(({ ResTarget }) => ResTarget);
  const set = assigned.find(({ val }) => nameOf(val) !== null);
  const where = (update["whereClause"] as { A_Expr?: SqlNode } | undefined)?.A_Expr;
  if (schemaname === undefined || set === undefined || where?.["kind"] !== "AEXPR_OP") return null;
  const sides = [where["lexpr"], where["rexpr"]];
  const column = sides.map(columnOf).find((name) => name !== null) ?? null;
  const param = sides.map(nameOf).find((name) => name !== null) ?? null;
  const [operator] = where["name"] as readonly { readonly String: { readonly sval: string } }[];
  if (operator?.String.sval !== "=" || column === null || param === null) return null;
  return {
    table: `${schemaname}.${relname}`,
    key: { column, param },
    value: { column: set.name, param: nameOf(set.val)! },
    changed: assigned.map(({ name }) => name),
  };
}

/** The table of `INSERT INTO s.t (…) VALUES (…)` with one row, of which a parameter is the key. */
function insertedBy(
  { InsertStmt: insert }: { readonly InsertStmt?: SqlNode },
  nameOf: NameOf,
  param: string,
  from: number,
): InsertedTable[] {
  if (insert === undefined || insert["onConflictClause"] !== undefined) return [];
  const { schemaname, relname } = insert["relation"] as Relation;
  const columns = (insert["cols"] as readonly Target[] | undefined)?.map(({ ResTarget }) => ResTarget.name);
  const select = (insert["selectStmt"] as { SelectStmt?: SqlNode } | undefined)?.SelectStmt;
  const [row, ...others] = (select?.["valuesLists"] ?? []) as readonly {
    List: { items: readonly unknown[] };
  }[];
  if (schemaname === undefined || columns === undefined || row === undefined || others.length > 0) return [];
  const given = Object.fromEntries(columns.flatMap((column, at) => {
    const name = nameOf(row.List.items[at]);
    return name === null ? [] : [[column, name]];
  }));
  const key = columns.find((column) => given[column] === param);
  return key === undefined ? [] : [{ table: `${schemaname}.${relname}`, key, from, given }];
}

/** The number of the parameter that a value is, casts apart; null where it is something else. */
function parameterOf(value: unknown): number | null {
  const { ParamRef, TypeCast } = (value ?? {}) as {
    ParamRef?: { number: number };
    TypeCast?: { arg: unknown };
  };
  return TypeCast !== undefined ? parameterOf(TypeCast.arg) : ParamRef?.number ?? null;
}

function columnOf(value: unknown): string | null {
  const { ColumnRef } = (value ?? {}) as { ColumnRef?: { fields: readonly { String?: { sval: string } }[] } };
  return ColumnRef?.fields.at(-1)?.String?.sval ?? null;
}
