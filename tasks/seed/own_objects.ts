import type { Client } from "pg";
import { madeObjects } from "./made_objects.ts";
import type { MadeObject, Marker } from "./marker.ts";
import { schemaSql } from "./sql.ts";

/** By what Benchbook's own objects are told from others'. */
export interface Known {
  readonly objects: readonly MadeObject[];
  /** As `madeObjects` gives them: for what is not on record yet. */
  readonly names: readonly string[];
}

/** What there is in schemas of Benchbook's, and what leans on it. */
export interface Holdings {
  readonly own: readonly MadeObject[];
  /** What others made, and would lose or find changed without ours: "view public.report". */
  readonly foreign: readonly string[];
  /** What is on record and is not there any more, or is another's by the same name. */
  readonly missing: readonly string[];
}

/** What a marker says of a data set's objects; where it is no full list the files say the rest. */
export async function knownOf(marker: Pick<Marker, "objects" | "listed">, dataset: string): Promise<Known> {
  const { objects, listed } = marker;
  return { objects, names: listed ? [] : await unlisted(dataset, objects) };
}

/** What the files of a data set make beyond what is on record. */
export async function unlisted(dataset: string, objects: readonly MadeObject[]): Promise<string[]> {
  const there = new Set(objects.map(({ object }) => object.split("(")[0]));
  return (await madeObjects(dataset)).filter((object) => !there.has(object));
}

/** Looks through the whole catalog for what is in the schemas or leans on something in them. */
export async function lookAt(client: Client, schemas: readonly string[], known: Known): Promise<Holdings> {
  const { rows } = await client.query<MadeObject & { readonly own: boolean }>(
    schemaSql("benchbook/objects.sql"),
    [schemas, JSON.stringify(known.objects), known.names],
  );
  const own = rows.filter((row) => row.own).map(({ object, oid }) => ({ object, oid }));
  const there = new Set(own.map(({ object }) => object));
  return {
    own,
    foreign: rows.filter((row) => !row.own).map(({ object }) => object),
    missing: known.objects
      .filter(({ object, oid }) => oid !== null && object !== MARKER_TABLE && !there.has(object))
      .map(({ object }) => object),
  };
}

/** Stands in the record for its oid only. */
const MARKER_TABLE = "table benchbook.dataset";

/** Whether an object, as `foreign` has it, lies in one of the schemas or hangs on a table in one. */
export function isWithin(object: string, schemas: readonly string[]): boolean {
  const [, schema] = /^[^(.]*?([^ .("]+)\./.exec(object) ?? [];
  return schema !== undefined && schemas.includes(schema);
}

/** Who was given what on the objects of the schemas beyond the defaults: "privileges of role x on table y". */
export async function privilegesOn(client: Client, schemas: readonly string[]): Promise<string[]> {
  const { rows } = await client.query<{ object: string }>(schemaSql("benchbook/privileges.sql"), [schemas]);
  return rows.map(({ object }) => object);
}
