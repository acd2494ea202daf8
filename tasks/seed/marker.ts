import type { Client } from "pg";
import type { SeededDataset } from "../model/dataset.ts";
import { firstRow } from "./sql.ts";

/** A row of benchbook.dataset: what this database was, or is being, seeded with. */
export interface Marker {
  readonly scale: string;
  readonly seed: number;
  readonly generator: string;
  readonly status: "loading" | "complete";
  /** Null while it is loading. */
  readonly seeded: SeededDataset | null;
}

interface Row {
  readonly name: string;
  readonly scale: string;
  readonly seed: string;
  readonly generator: string;
  readonly status: "loading" | "complete";
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
  readonly schema_exists: boolean;
  readonly marker_schema_exists: boolean;
  readonly marker_exists: boolean;
}

export async function inspect(client: Client, schema: string): Promise<Inspection> {
  return (await firstRow<Inspection>(client, "benchbook/inspect.sql", [schema]))!;
}

/** The marker of a data set; the marker table must exist. */
export async function readMarker(client: Client, name: string): Promise<Marker | undefined> {
  const row = await firstRow<Row>(client, "benchbook/find.sql", [name]);
  if (!row) return undefined;
  const seed = Number(row.seed);
  const { scale, generator, status } = row;
  return {
    scale,
    seed,
    generator,
    status,
    seeded: status === "complete"
      ? { name: row.name, scale, seed, counts: row.counts, rows: row.rows, bytes: row.bytes, hash: row.hash }
      : null,
  };
}
