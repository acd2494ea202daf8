import type { Client } from "pg";
import type { SeededDataset } from "../model/dataset.ts";
import type { TableSum } from "./hash.ts";
import { firstRow, schemaSql } from "./sql.ts";

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
  /** The relations that it made in them, `schema.name`; null while it is loading. */
  readonly relations: readonly string[] | null;
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
  const { scale, variation, generator, status, tables, schemas, relations, counts, rows, bytes, hash } = row;
  return {
    scale,
    seed,
    variation,
    generator,
    status,
    tables,
    schemas,
    relations,
    seeded: status === "complete"
      ? { name: row.name, scale, seed, variation, counts, rows, bytes, hash }
      : null,
  };
}

/**
 * What is not Benchbook's and would be lost with the data set's schemas.
 * @param tables the data set's own, `schema.name`, with their partitions
 * @returns names, `schema.name`
 */
export async function foreignRelations(
  client: Client,
  schemas: readonly string[],
  marker: Marker | undefined,
  tables: readonly string[],
): Promise<string[]> {
  const relations = marker?.relations ?? null;
  const values = [schemas, relations ?? tables, relations === null];
  return (await client.query<{ name: string }>(schemaSql("benchbook/foreign.sql"), values)).rows
    .map(({ name }) => name);
}

/** Everything that now stands in the schemas, for the marker. */
export async function relationsIn(client: Client, schemas: readonly string[]): Promise<string[]> {
  return (await firstRow<{ relations: string[] }>(client, "benchbook/relations.sql", [schemas]))!.relations;
}
