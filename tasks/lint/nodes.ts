import type { SqlNode } from "../postgres/sql_parser.ts";

/** A node's kind and fields: of `{ SelectStmt: { … } }` the name and what is within. */
export function opened(node: SqlNode): readonly [kind: string, fields: SqlNode] {
  return Object.entries(node)[0] as [string, SqlNode];
}

/** A field that holds nodes; none where it is absent. */
export function nodes(value: unknown): readonly SqlNode[] {
  return (value ?? []) as readonly SqlNode[];
}

/** A field that holds one node's fields. */
export function fields(value: unknown): SqlNode {
  return (value ?? {}) as SqlNode;
}

/** A field of text; empty where it is absent. */
export function word(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** The texts of `[{ String: { sval } }, …]`. */
export function words(value: unknown): string[] {
  return nodes(value).map((node) => word(fields(node["String"])["sval"]));
}

/** Whether an option such as `(CONCURRENTLY)` is given, and not as off. */
export function hasOption(options: unknown, name: string): boolean {
  const found = nodes(options).map(({ DefElem }) => fields(DefElem)).find(({ defname }) => defname === name);
  if (found === undefined) return false;
  return !/"(false|off|0)"|"boolval":\{\}|"ival":\{\}/i.test(JSON.stringify(found["arg"] ?? ""));
}

/** Every node of a kind within, in the order of the text. */
export function within(value: unknown, kind: string, found: SqlNode[] = []): SqlNode[] {
  if (value === null || typeof value !== "object") return found;
  for (const key in value) {
    const inner = (value as SqlNode)[key];
    if (key === kind) found.push(fields(inner));
    within(inner, kind, found);
  }
  return found;
}
