import { formatMs, parseDuration } from "../model/units.ts";
import type { SqlNode } from "../postgres/sql_parser.ts";
import { fields, nodes, word } from "./nodes.ts";

/** A limit that is set, and cannot be read. */
const UNREAD = "lock_timeout";

/**
 * What a statement sets `lock_timeout` to, as people read it: `100 ms`.
 * @returns null: to nothing that ends a wait; undefined: it does not set it
 */
export function settingOfTimeout(kind: string, node: SqlNode): string | null | undefined {
  if (kind === "VariableSetStmt") {
    if (node["kind"] === "VAR_RESET_ALL") return null;
    if (node["name"] !== "lock_timeout") return undefined;
    return node["kind"] === "VAR_SET_VALUE" ? limitOf(nodes(node["args"])[0]) : null;
  }
  if (kind !== "SelectStmt") return undefined;
  for (const { ResTarget } of nodes(node["targetList"])) {
    const call = fields(fields(fields(ResTarget)["val"])["FuncCall"]);
    const [name, value] = nodes(call["args"]);
    const isSet = word(fields(nodes(call["funcname"]).at(-1)?.["String"])["sval"]) === "set_config";
    if (isSet && textOf(name) === "lock_timeout") return limitOf(value);
  }
  return undefined;
}

function textOf(node: SqlNode | undefined): string {
  return word(fields(fields(node?.["A_Const"])["sval"])["sval"]);
}

function limitOf(node: SqlNode | undefined): string | null {
  const constant = fields(node?.["A_Const"]);
  const number = constant["ival"] === undefined
    ? textOf(node)
    : String(fields(constant["ival"])["ival"] ?? 0);
  if (/^0+(\.0+)?\s*[a-z]*$/i.test(number)) return null;
  const [, value, unit = ""] = /^(\d+(?:\.\d+)?)\s*(us|ms|s|min|h)?$/.exec(number) ?? [];
  if (value === undefined) return UNREAD;
  // As PostgreSQL has it: milliseconds where no unit is named.
  const ms = wholeMs(1000 * parseDuration(`${value}${unit === "" ? "ms" : unit === "min" ? "m" : unit}`));
  return ms === 0 ? null : formatMs(ms);
}

/** As PostgreSQL keeps it: a half is rounded to what is even, `500us` to 0, which is no limit. */
function wholeMs(ms: number): number {
  const whole = Math.round(ms);
  return whole - ms === 0.5 && whole % 2 === 1 ? whole - 1 : whole;
}
