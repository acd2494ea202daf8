import type { SqlNode } from "../postgres/sql_parser.ts";
import { fields, nodes, word } from "./nodes.ts";

/** Whether a statement sets `lock_timeout` to something that ends a wait; null: it does not set it. */
export function settingOfTimeout(kind: string, node: SqlNode): boolean | null {
  if (kind === "VariableSetStmt") {
    if (node["kind"] === "VAR_RESET_ALL") return false;
    if (node["name"] !== "lock_timeout") return null;
    return node["kind"] === "VAR_SET_VALUE" && !isZero(nodes(node["args"])[0]);
  }
  if (kind !== "SelectStmt") return null;
  for (const { ResTarget } of nodes(node["targetList"])) {
    const call = fields(fields(fields(ResTarget)["val"])["FuncCall"]);
    const [name, value] = nodes(call["args"]);
    const isSet = word(fields(nodes(call["funcname"]).at(-1)?.["String"])["sval"]) === "set_config";
    if (isSet && textOf(name) === "lock_timeout") return !isZero(value);
  }
  return null;
}

function textOf(node: SqlNode | undefined): string {
  return word(fields(fields(node?.["A_Const"])["sval"])["sval"]);
}

function isZero(node: SqlNode | undefined): boolean {
  const constant = fields(node?.["A_Const"]);
  const number = constant["ival"] === undefined
    ? textOf(node)
    : String(fields(constant["ival"])["ival"] ?? 0);
  return /^0+(\.0+)?\s*[a-z]*$/i.test(number);
}
