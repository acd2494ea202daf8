import { join } from "node:path";
import { readSmallText } from "../../files/small_file.ts";
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
}

/** A value of a row that many writes give, one after another. */
export interface Register {
  /** `schema.name`. */
  readonly table: string;
  /** The column by which the row is found, and the parameter that has its value. */
  readonly key: { readonly column: string; readonly param: string };
  /** The column that is written, and the parameter that has its value. */
  readonly value: { readonly column: string; readonly param: string };
  /** All columns that the statement sets. */
  readonly changed: readonly string[];
}

/** What an operation leaves in the database. */
export type Written =
  | { readonly kind: "rows"; readonly tables: readonly InsertedTable[]; readonly param: string }
  | { readonly kind: "register"; readonly register: Register }
  /** It writes what cannot be told beforehand. */
  | { readonly kind: "unknown" };

/** Of a scenario, as far as what it writes is asked for. */
export type WritingScenario = Pick<LoadedScenario, "operations" | "workloadDir" | "datasetName">;

/**
 * What each operation of a scenario writes, by its index; null for reads. Rows under reserved keys are those of the data
 * set's tables that the write's `.check.sql` reads; a register is what an UPDATE sets where a column equals a parameter.
 */
export function writtenBy(scenario: WritingScenario): Promise<(Written | null)[]> {
  return Promise.all(
    scenario.operations.map((operation) => operation.write ? ofWrite(scenario, operation) : null),
  );
}

const UNKNOWN = { kind: "unknown" } as const;

async function ofWrite(
  { workloadDir, datasetName }: WritingScenario,
  { name, params }: ScenarioOperation,
): Promise<Written> {
  const draws = Object.entries(params);
  if (draws.some(([, draw]) => isCaptured(draw) || draw.kind === "after" && isCaptured(params[draw.of]!))) {
    return UNKNOWN;
  }
  const register = await registerOf(join(workloadDir, `${name}.sql`));
  if (register !== null) return { kind: "register", register };
  const param = draws.find(([, draw]) => draw.kind === "reserved")?.[0];
  if (param === undefined || datasetName === null) return UNKNOWN;
  const check = readSmallText(checkFile(workloadDir, name));
  const tables = datasets[datasetName]!.reserved
    .filter(({ table }) => new RegExp(`\\b${table.replace(".", "\\.")}\\b`).test(check))
    .map(({ table, column }) => ({ table, key: column }));
  return tables.length === 0 ? UNKNOWN : { kind: "rows", tables, param };
}

interface Assignment {
  readonly ResTarget: { readonly name: string; readonly val?: SqlNode };
}

/** The register that a file's statement writes: `UPDATE s.t SET value = :a WHERE key = :b`; null where it does something else. */
export async function registerOf(file: string): Promise<Register | null> {
  const { text, parameters } = await parseSql(readSmallText(file), file);
  const updates = [...nodesIn(await parseStatements(text, { file }))].filter(([name]) =>
    name === "UpdateStmt"
  );
  if (updates.length !== 1) return null;
  const [, node] = updates[0]!;
  const { schemaname, relname } = node["relation"] as {
    readonly schemaname?: string;
    readonly relname: string;
  };
  if (schemaname === undefined) return null;
  const assigned = (node["targetList"] as readonly Assignment[]).map(({ ResTarget }) => ResTarget);
  const nameOf = (value: unknown) => {
    const number = parameterOf(value);
    return number === null ? null : parameters[number - 1]!.name;
  };
  const set = assigned.find(({ val }) => nameOf(val) !== null);
  const where = (node["whereClause"] as { A_Expr?: SqlNode } | undefined)?.A_Expr;
  if (set === undefined || where?.["kind"] !== "AEXPR_OP") return null;
  const sides = [where["lexpr"], where["rexpr"]];
  const column = sides.map(columnOf).find((name) => name !== null);
  const param = sides.map(nameOf).find((name) => name !== null);
  const [operator] = where["name"] as readonly { readonly String: { readonly sval: string } }[];
  if (operator?.String.sval !== "=" || column === undefined || param === undefined) return null;
  return {
    table: `${schemaname}.${relname}`,
    key: { column: column!, param: param! },
    value: { column: set.name, param: nameOf(set.val)! },
    changed: assigned.map(({ name }) => name),
  };
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
  const { ColumnRef } = value as { ColumnRef?: { fields: readonly { String?: { sval: string } }[] } };
  return ColumnRef?.fields.at(-1)?.String?.sval ?? null;
}
