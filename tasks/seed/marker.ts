import type { Client } from "pg";
import type { SeededDataset } from "../model/dataset.ts";
import type { TableSum } from "./hash.ts";
import { firstRow } from "./sql.ts";

/** Something of Benchbook's in a database. */
export interface MadeObject {
  /** As pg_identify_object writes it: "table northwind.orders". */
  readonly object: string;
  /** Null for what PostgreSQL itself may make anew, as an index. */
  readonly oid: number | null;
}

/** A row of benchbook.dataset: what this database was, or is being, seeded with. */
export interface Marker {
  readonly scale: string;
  readonly seed: number;
  readonly variation: string;
  readonly generator: string;
  readonly status: "loading" | "complete";
  /** What each table held when it was loaded; null while it is loading. */
  readonly tables: Readonly<Record<string, TableSum>> | null;
  /** The schemas that it made; null where an older Benchbook did. */
  readonly schemas: readonly string[] | null;
  /** What it made in them, as far as it had come when this was written. */
  readonly objects: readonly MadeObject[];
  /** Nothing but `objects` is its own: it is whole, and no older Benchbook made it. */
  readonly listed: boolean;
  /** Null while it is loading. */
  readonly seeded: SeededDataset | null;
}

interface Row {
  readonly name: string;
  readonly scale: string;
  readonly seed: string;
  readonly variation: string;
  readonly generator: string;
  readonly status: "loading" | "complete";
  readonly tables: Record<string, TableSum> | null;
  readonly schemas: string[] | null;
  readonly relations: string[] | null;
  readonly objects: MadeObject[] | null;
  readonly counts: Record<string, number>;
  readonly rows: number;
  readonly bytes: number | null;
  readonly hash: string;
}

/** Facts about a database that decide whether it can be seeded. */
export interface Inspection {
  readonly database: string;
  readonly version: number;
  readonly version_text: string;
  readonly encoding: string;
  readonly may_create: boolean;
  readonly pid: number;
  /** Those of the data set's schemas that are there. */
  readonly schemas: readonly string[];
  readonly marker_schema_exists: boolean;
  readonly marker_exists: boolean;
}

/** @param schemas that the data set lives in */
export async function inspect(client: Client, schemas: readonly string[]): Promise<Inspection> {
  return (await firstRow<Inspection>(client, "benchbook/inspect.sql", [schemas]))!;
}

/** The marker of a data set; the marker table must exist. */
export async function readMarker(client: Client, name: string): Promise<Marker | undefined> {
  const row = await firstRow<Row>(client, "benchbook/find.sql", [name]);
  if (!row) return undefined;
  const seed = Number(row.seed);
  const { scale, variation, generator, status, tables, schemas, counts, rows, bytes, hash } = row;
  return {
    scale,
    seed,
    variation,
    generator,
    status,
    tables,
    schemas,
    objects: row.objects ?? row.relations?.flatMap(ofRelation) ?? [],
    listed: status === "complete" && row.objects !== null,
    seeded: status === "complete"
      ? { name: row.name, scale, seed, variation, counts, rows, bytes, hash }
      : null,
  };
}

/** Older markers name relations only, and not their kinds. */
function ofRelation(name: string): MadeObject[] {
  return ["table", "view", "materialized view", "sequence"].map((kind) => ({
    object: `${kind} ${name}`,
    oid: null,
  }));
}
