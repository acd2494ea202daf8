import type { Catalogue } from "./catalogue.ts";
import { joined, lastPart, quoted, schemaOf } from "./names.ts";
import type { Relation } from "./relations.ts";

/** Of a name in PostgreSQL, in bytes. */
const LONGEST = 63;

/**
 * The name that PostgreSQL makes of a table's and columns', as its makeObjectName() does.
 * @param table without its schema and without quotes
 */
export function objectName(table: string, columns: string, ending: string): string {
  const room = LONGEST - ending.length - 1 - (columns === "" ? 0 : 1);
  let [first, second] = [table, columns.slice(0, LONGEST)];
  while (bytesOf(first) + bytesOf(second) > room) {
    if (bytesOf(first) > bytesOf(second)) first = first.slice(0, -1);
    else second = second.slice(0, -1);
  }
  return [first, ...second === "" ? [] : [second], ending].join("_");
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** The same, with the number that it gets where something has that name already. */
export function freeName(
  table: Pick<Relation, "name">,
  columns: string,
  ending: string,
  isTaken: (name: string) => boolean,
): string {
  const own = bareName(table.name);
  for (let number = 0;; number++) {
    const name = objectName(own, columns, `${ending}${number === 0 ? "" : number}`);
    if (!isTaken(name)) return name;
  }
}

/** Whether a name is that of a relation in the schema of a table. */
export function relationTaken(table: Pick<Relation, "name">, known: Catalogue): (name: string) => boolean {
  const schema = schemaOf(table.name);
  return (name) => known.find(schema === "" ? quoted(name) : `${schema}.${quoted(name)}`) !== undefined;
}

/** A name without its schema and without quotes. */
export function bareName(name: string): string {
  const last = lastPart(name);
  return last.startsWith('"') ? last.slice(1, -1).replaceAll('""', '"') : last;
}

/** Something in the schema of a table, by its name. */
export function beside(table: Pick<Relation, "name">, name: string): string {
  const schema = schemaOf(table.name);
  return schema === "" ? joined([name]) : `${schema}.${quoted(name)}`;
}
