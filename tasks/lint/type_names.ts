import type { SqlNode } from "../postgres/sql_parser.ts";
import { joined } from "./names.ts";
import { fields, nodes, words } from "./nodes.ts";

/** What `format_type` calls the types that the grammar gives their inner name. */
const SPOKEN: Readonly<Record<string, string>> = {
  int2: "smallint",
  int4: "integer",
  int8: "bigint",
  float4: "real",
  float8: "double precision",
  bool: "boolean",
  bpchar: "character",
  varchar: "character varying",
  varbit: "bit varying",
  timestamp: "timestamp without time zone",
  timestamptz: "timestamp with time zone",
  time: "time without time zone",
  timetz: "time with time zone",
};

/** Serial types: the type that the column has. */
export const SERIAL: Readonly<Record<string, string>> = {
  serial: "integer",
  serial4: "integer",
  bigserial: "bigint",
  serial8: "bigint",
  smallserial: "smallint",
  serial2: "smallint",
};

/** Of an interval of all fields. */
const ALL_FIELDS = 0x7fff;

/** An interval's digits of a second; where it has not all fields, what is like no other. */
function intervalModifiers([fields, digits]: readonly unknown[]): unknown[] {
  if (fields === undefined) return [];
  return fields === ALL_FIELDS ? [digits] : [fields, digits ?? 6, 0];
}

/** A TypeName as `format_type` writes it: `character varying(20)`, `integer[]`. */
export function typeName(node: SqlNode): string {
  const names = words(node["names"]);
  const inner = names[0] === "pg_catalog" ? names.slice(1) : names;
  // A keyword that is a type's name, as `numeric` is, needs no quotes there.
  const plain = names[0] === "pg_catalog" ? inner[0]! : joined(inner);
  const base = inner.length === 1 ? SPOKEN[inner[0]!] ?? plain : plain;
  const [head, ...rest] = base.split(" ");
  const numbers = nodes(node["typmods"]).map(({ A_Const }) => fields(fields(A_Const)["ival"])["ival"] ?? 0);
  const own = head === "interval" ? intervalModifiers(numbers) : numbers;
  const typmod = own.length === 0 ? "" : `(${own.join(",")})`;
  const array = nodes(node["arrayBounds"]).length > 0 ? "[]" : "";
  // As in `timestamp(3) without time zone`; but `character varying(20)`.
  const isTime = head === "timestamp" || head === "time";
  return `${isTime ? [`${head}${typmod}`, ...rest].join(" ") : `${base}${typmod}`}${array}`;
}
