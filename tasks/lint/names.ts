import type { SqlNode } from "../postgres/sql_parser.ts";
import { fields, word, words } from "./nodes.ts";

/** Keywords that are no names without quotes: what `quote_ident` quotes. */
const KEYWORDS = new Set(
  ("all analyse analyze and any array as asc asymmetric authorization between bigint binary bit boolean both case cast " +
    "char character check coalesce collate collation column concurrently constraint create cross current_catalog " +
    "current_date current_role current_schema current_time current_timestamp current_user dec decimal default deferrable " +
    "desc distinct do else end except exists extract false fetch float for foreign freeze from full grant greatest group " +
    "grouping having ilike in initially inner inout int integer intersect interval into is isnull join json json_array " +
    "json_arrayagg json_exists json_object json_objectagg json_query json_scalar json_serialize json_table json_value " +
    "lateral leading least left like limit localtime localtimestamp merge_action national natural nchar none normalize " +
    "not notnull null nullif numeric offset on only or order out outer overlaps overlay placing position precision primary " +
    "real references returning right row select session_user setof similar smallint some substring symmetric " +
    "system_user table tablesample then time timestamp to trailing treat trim true union unique user using values varchar " +
    "variadic verbose when where window with xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse " +
    "xmlpi xmlroot xmlserialize xmltable").split(" "),
);

/** A name as SQL has it: quoted where it must be, as PostgreSQL's `%I` does. */
export function quoted(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) && !KEYWORDS.has(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** Parts of a name as one. */
export function joined(parts: readonly string[]): string {
  return parts.map(quoted).join(".");
}

/** The name of a RangeVar's relation as it stands there. */
export function written({ schemaname, relname }: SqlNode): string {
  return joined([word(schemaname), word(relname)].filter((part) => part !== ""));
}

/** The name that a list of texts is, as in DROP TABLE. */
export function listed(node: SqlNode): string {
  return joined(words(fields(node["List"])["items"]));
}

/** The last part of a name, without its schema. */
export function lastPart(name: string): string {
  return /(?:"(?:[^"]|"")*"|[^."]+)$/.exec(name)?.[0] ?? name;
}

/** The schema of a name; empty where it has none. */
export function schemaOf(name: string): string {
  return name.slice(0, Math.max(0, name.length - lastPart(name).length - 1));
}

/** Extended statistics have names of their own, beside those of relations. */
export function statisticsName(name: string): string {
  return `statistics ${name}`;
}
