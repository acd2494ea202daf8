import type { Client } from "pg";
import { UsageError } from "../model/errors.ts";
import { datasets } from "./catalog.ts";
import { madeObjects } from "./made_objects.ts";
import { inspect, type Marker, readMarker } from "./marker.ts";
import { type Holdings, type Known, knownOf, lookAt, privilegesOn } from "./own_objects.ts";
import { refuseForeign } from "./refuse.ts";
import { removeObjects } from "./remove_objects.ts";
import { schemaSql, transaction } from "./sql.ts";

/** The schema of the marker itself. */
const MARKER = "benchbook";

/** All that Benchbook has in a database. */
export interface DatabaseRemoval {
  readonly database: string;
  readonly datasets: readonly { readonly name: string; readonly marker: Marker }[];
  /** Those that are there, the marker's own among them. */
  readonly schemas: readonly string[];
  readonly tables: readonly { readonly table: string; readonly rows: number; readonly bytes: number }[];
  readonly holdings: Holdings;
  /** What others were allowed on it, which goes with it. */
  readonly privileges: readonly string[];
  readonly known: Known;
}

/**
 * Finds what Benchbook has put into a database, by its marker.
 * @returns null where there is none
 * @throws {UsageError} where the session's role does not own it
 */
export async function planRemoval(client: Client): Promise<DatabaseRemoval | null> {
  const { database, marker_exists } = await inspect(client, []);
  if (!marker_exists) return null;
  const { rows } = await client.query<{ name: string }>(schemaSql("benchbook/markers.sql"));
  const found: { name: string; marker: Marker }[] = [];
  for (const { name } of rows) found.push({ name, marker: (await readMarker(client, name))! });
  const ours = found.filter(({ name }) => Object.hasOwn(datasets, name));
  const ofData = await Promise.all(ours.map(({ name, marker }) => knownOf(marker, name)));
  const known = {
    objects: found.flatMap(({ marker }) => marker.objects),
    names: [
      ...await madeObjects(MARKER),
      // Of a data set that this version does not know only what is on record is its own.
      ...ofData.flatMap(({ names }) => names),
    ],
  };
  const claimed = found.flatMap(({ name, marker }) =>
    marker.schemas ?? datasets[name]?.schemas.slice(0, 1) ?? []
  );
  const { schemas } = await inspect(client, [...claimed, MARKER]);
  const holdings = await lookAt(client, schemas, known);
  // A schema of another's by the name of ours is not in question at all.
  const own = schemas.filter((schema) => holdings.own.some(({ object }) => object === `schema ${schema}`));
  await refuseOthers(client, database, own);
  return {
    database,
    datasets: found,
    schemas: own.toSorted(),
    tables: await tablesOf(client, holdings),
    holdings: own.length === schemas.length ? holdings : await lookAt(client, own, known),
    privileges: await privilegesOn(client, own),
    known,
  };
}

/**
 * Removes it, all or nothing.
 * @throws {UsageError} naming everything of others' that would go with it or be changed by that
 */
export async function removeFromDatabase(client: Client, removal: DatabaseRemoval): Promise<void> {
  await transaction(
    client,
    () =>
      removeObjects(
        client,
        removal.schemas,
        removal.known,
        { refuse: ({ foreign }) => refuseRemoval(removal.database, foreign) },
      ),
  );
}

/** @throws {UsageError} where something of others' stands against a removal */
export function refuseRemoval(database: string, foreign: readonly string[]): void {
  refuseForeign(
    `remove Benchbook from "${database}"`,
    foreign,
    "Nothing was removed. Drop it or move it away, then try again.",
  );
}

async function refuseOthers(client: Client, database: string, schemas: readonly string[]): Promise<void> {
  const { rows } = await client.query<{ owner: string; role: string }>(
    schemaSql("benchbook/owners.sql"),
    [schemas],
  );
  if (rows.length === 0) return;
  const owners = rows.map(({ owner }) => `"${owner}"`).join(", ");
  throw new UsageError(
    `Cannot remove Benchbook from "${database}": the role "${
      rows[0]!.role
    }" must own what is there: ${owners} does`,
    "Name that role in DATABASE_URL.",
  );
}

async function tablesOf(client: Client, { own }: Holdings): Promise<DatabaseRemoval["tables"]> {
  const names = own.filter(({ object, oid }) => oid !== null && object.startsWith("table "))
    .map(({ object }) => object.slice("table ".length));
  const { rows } = await client.query<
    { table: string; partitioned: boolean; partitions_bytes: number; bytes: number }
  >(schemaSql("benchbook/sizes.sql"), [names]);
  const tables = [];
  for (const { table, partitioned, partitions_bytes, bytes } of rows) {
    const { rows: [count] } = await client.query<{ rows: number }>(
      `SELECT count(*)::float8 AS rows FROM ${partitioned ? "" : "ONLY "}${table}`,
    );
    tables.push({ table, rows: count!.rows, bytes: partitioned ? partitions_bytes : bytes });
  }
  return tables;
}
