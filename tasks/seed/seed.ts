import { availableParallelism } from "node:os";
import type { Client } from "pg";
import type { SeededDataset } from "../model/dataset.ts";
import { InterruptedError, ServiceError, UsageError } from "../model/errors.ts";
import { datasets } from "./catalog.ts";
import { withClient } from "./connect.ts";
import { lockDatabase } from "./database_lock.ts";
import { customised, describeColumns } from "./custom.ts";
import type { Dataset } from "./dataset.ts";
import { primaryKeys } from "./ddl.ts";
import { contentHash, sizeOf } from "./hash.ts";
import type { LaneSpec } from "./lane.ts";
import { load, type LoadedTable } from "./load.ts";
import { foreignRelations, inspect, type Marker, readMarker, relationsIn } from "./marker.ts";
import type { SeedProgress } from "./progress.ts";
import { refuse, refuseForeign } from "./refuse.ts";
import { type DataRequest, type DataSpec, diskNeed, settleData } from "./spec.ts";
import { schemaSql, transaction } from "./sql.ts";

export interface SeedRequest extends DataRequest {
  /** The database; may hold a password and is never shown. */
  readonly url: string;
  /** Throw away what Benchbook loaded here before with another scale, seed or variation. */
  readonly replace?: boolean;
  /** The caller holds the database's lock (`lockDatabase`) for longer than the seeding. */
  readonly locked?: boolean;
  /** Connections that load at once, each fed by a thread of its own; by default as many as help. */
  readonly workers?: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: SeedProgress) => void;
  /** Told what will be loaded before anything is touched; what it throws is thrown on. */
  readonly onPlan?: (plan: { readonly rows: number; readonly bytes: number }) => void;
}

export type SeedResult = SeededDataset & {
  /** The same data set was there, whole; nothing was done. */
  readonly alreadyThere: boolean;
  readonly seconds: number;
  /** What was loaded by table; null when it was there. */
  readonly tables: Readonly<Record<string, LoadedTable>> | null;
};

/** Fewer rows than this are loaded before another thread would be ready. */
const PARALLEL_ROWS = 300_000;
const MOST_WORKERS = 8;

/**
 * Fills a database with a data set, unless it holds just that already. Needs an ordinary role with CREATE on
 * its database. Interrupted at any point, even killed, it leaves nothing that later counts as whole: the next
 * call clears it away and begins again.
 *
 * @throws {UsageError} for a request that cannot be meant, for a database that holds another scale or seed
 * (without `replace`), or a schema of that name that is not Benchbook's: then nothing was touched
 * @throws {ServiceError} when the server cannot be reached or the connection is lost
 * @throws {InterruptedError} after `signal`
 */
export async function seed(request: SeedRequest): Promise<SeedResult> {
  const spec = settleData(request);
  const start = performance.now();
  const lock = request.locked ? null : await lockDatabase(request.url, `seed ${spec.dataset.name}`);
  try {
    return await withClient(request.url, async (client) => {
      const result = await seedWith(client, spec, request);
      return { ...result, seconds: (performance.now() - start) / 1000 };
    });
  } catch (error) {
    throw request.signal?.aborted ? new InterruptedError() : error;
  } finally {
    await lock?.release();
  }
}

/**
 * What the database was seeded with: null when it was not, or not completely.
 * @param name of the data set
 */
export async function findDataset(client: Client, name: string): Promise<SeededDataset | null> {
  const dataset = datasets[name];
  if (!dataset) return null;
  const facts = await inspect(client, dataset.schemas);
  if (!facts.marker_exists || facts.schemas.length < dataset.schemas.length) return null;
  return (await readMarker(client, name))?.seeded ?? null;
}

async function seedWith(
  client: Client,
  spec: DataSpec,
  request: SeedRequest,
): Promise<Omit<SeedResult, "seconds">> {
  const { dataset, shape, scale, variation } = spec;
  const { signal } = request;
  const facts = await inspect(client, dataset.schemas);
  const marker = facts.marker_exists ? await readMarker(client, dataset.name) : undefined;
  const whole = facts.schemas.length === dataset.schemas.length;
  if (marker?.seeded && whole && isSame(marker, spec)) {
    return { ...marker.seeded, alreadyThere: true, tables: null };
  }
  refuse(spec, facts, marker, request.replace ?? false);

  const prepared = await dataset.prepare(shape);
  const tables = dataset.tables(shape, prepared);
  const relations = [
    ...Object.entries(dataset.tableSchemas).map(([table, schema]) => `${schema}.${table}`),
    ...tables.map(({ relation }) => relation),
  ];
  refuseForeign(facts.database, await foreignRelations(client, facts.schemas, marker, relations));
  const counts: Record<string, number> = {};
  for (const { name, rows } of tables) counts[name] = (counts[name] ?? 0) + rows;
  const rows = Object.values(counts).reduce((sum, count) => sum + count, 0);
  signal?.throwIfAborted();
  request.onPlan?.({ rows, bytes: diskNeed(dataset, counts) });
  // From here on a marker that says "loading" stands for whatever is in the schemas.
  const custom = await transaction(client, async () => {
    await client.query(schemaSql(`benchbook/${facts.marker_exists ? "upgrade" : "create"}.sql`));
    await clear(client, dataset);
    const { seed } = shape;
    const values = [dataset.name, scale, seed, variation, dataset.generator, dataset.schemas];
    await client.query(schemaSql("benchbook/begin.sql"), values);
    await client.query(schemaSql(`${dataset.name}/tables.sql`));
    if (spec.custom === null) return null;
    const columns = await describeColumns(client, dataset.schemas);
    // Here for its refusals: nothing is kept of a request whose columns do not exist.
    customised(tables, spec.custom, columns, seed, primaryKeys(dataset.name));
    return { path: spec.custom.path, sha256: spec.custom.sha256, columns };
  });
  try {
    const lane: LaneSpec = { url: request.url, dataset: dataset.name, shape, prepared, custom };
    const loaded = await load(dataset, tables, lane, {
      lanes: request.workers ?? (rows < PARALLEL_ROWS ? 1 : Math.min(availableParallelism(), MOST_WORKERS)),
      onProgress: request.onProgress ?? (() => {}),
      signal,
    });
    const hash = await contentHash(loaded);
    const bytes = await sizeOf(client, dataset);
    signal?.throwIfAborted();
    const made = await relationsIn(client, dataset.schemas);
    const values = [dataset.name, counts, rows, bytes, hash, loaded, made];
    await client.query(schemaSql("benchbook/complete.sql"), values);
    const { seed } = shape;
    const seeded = { name: dataset.name, scale, seed, variation, counts, rows, bytes, hash };
    return { ...seeded, alreadyThere: false, tables: loaded };
  } catch (error) {
    // Where the connection still stands nothing half done need stay until the next call.
    await transaction(client, () => clear(client, dataset)).catch(() => {});
    throw spec.custom === null ? error : blamed(error, spec.custom.path);
  }
}

/** A constraint that Benchbook's own rows keep and the user's columns break is the user's mistake. */
function blamed(error: unknown, file: string): unknown {
  if (!(error instanceof ServiceError) || !/\(SQLSTATE 23\w{3}\)/.test(error.message)) return error;
  return new UsageError(
    `Cannot use the columns of ${file}: they break what holds for the table: ${
      error.message.split(": ").slice(1).join(": ")
    }`,
    "Let the column keep to its constraint, or leave it to Benchbook.",
    { cause: error },
  );
}

function isSame(marker: Marker, { dataset, scale, shape, variation }: DataSpec): boolean {
  return marker.scale === scale && marker.seed === shape.seed && marker.variation === variation &&
    marker.generator === dataset.generator;
}

/** Removes the data set's schemas and marker; only called where the marker says that they are ours. */
async function clear(client: Client, dataset: Dataset): Promise<void> {
  await client.query("SET LOCAL client_min_messages = warning");
  await client.query(`DROP SCHEMA IF EXISTS ${dataset.schemas.join(", ")} CASCADE`);
  await client.query("DELETE FROM benchbook.dataset WHERE name = $1", [dataset.name]);
}
