import { addAbortListener } from "node:events";
import { availableParallelism } from "node:os";
import type { Client } from "pg";
import type { SeededDataset } from "../model/dataset.ts";
import { InterruptedError, ServiceError, UsageError } from "../model/errors.ts";
import { anySignal } from "../net/any_signal.ts";
import { datasets } from "./catalog.ts";
import { UNLIMITED, withClient } from "./connect.ts";
import { clearDataset, notOurs, type Removal } from "./clear_dataset.ts";
import { lockDatabase } from "./database_lock.ts";
import { customised, describeColumns, tryFirstUnits } from "./custom.ts";
import type { Dataset, DatasetTable } from "./dataset.ts";
import { primaryKeys } from "./ddl.ts";
import { contentHash, sizeOf, sumTables } from "./hash.ts";
import type { LoaderSpec } from "./loader.ts";
import { refuseListeners } from "./listeners.ts";
import { load, type LoadedTable } from "./load.ts";
import { rowsByTable } from "./made_tables.ts";
import { inspect, type MadeObject, type Marker, readMarker } from "./marker.ts";
import { knownOf, lookAt, unlisted } from "./own_objects.ts";
import type { SeedProgress } from "./progress.ts";
import { refuse, refuseForeign } from "./refuse.ts";
import { type DataRequest, type DataSpec, diskNeed, resolveData } from "./spec.ts";
import { schemaSql, transaction } from "./sql.ts";

export interface SeedRequest extends DataRequest {
  /** The database; may hold a password and is never shown. */
  readonly url: string;
  /** Throw away what Benchbook loaded here before with another scale, seed, variation or version of itself. */
  readonly replace?: boolean;
  /**
   * Make it anew even where it is there, whole, with all that anybody added to its schemas: for databases that are
   * Benchbook's own. With `replace`.
   */
  readonly anew?: boolean;
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
 * @throws {UsageError} for a request that cannot be meant, for a database that holds other rows (without `replace`),
 * or a schema of that name that is not Benchbook's, where something of others' leans on what would be replaced,
 * and where their replication or event triggers would act on it: then nothing was touched
 * @throws {ServiceError} when the server cannot be reached or the connection is lost
 * @throws {InterruptedError} after `signal`
 */
export async function seed(request: SeedRequest): Promise<SeedResult> {
  const spec = resolveData(request);
  const start = performance.now();
  const lost = new AbortController();
  await using _lock = request.locked ? null : await lockDatabase(request.url, `seed ${spec.dataset.name}`, {
    onLost: (error) => lost.abort(error),
  });
  const signal = anySignal(lost.signal, request.signal);
  try {
    return await withClient(request.url, async (client) => {
      // It may wait for a lock that somebody else has.
      using _cancelling = addAbortListener(signal, () => void client.cancelStatement());
      const result = await seedWith(client, spec, { ...request, signal });
      return { ...result, seconds: (performance.now() - start) / 1000 };
    });
  } catch (error) {
    if (request.signal?.aborted) throw new InterruptedError();
    throw lost.signal.aborted ? lost.signal.reason : error;
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

/**
 * What the database was seeded with, as far as every object of it is still the one that was made then.
 * @param name of the data set
 * @returns null where it was not, or something of it is gone
 */
export async function findWhole(client: Client, name: string): Promise<SeededDataset | null> {
  const { marker, missing } = await whatIsThere(client, datasets[name]!);
  return missing.length === 0 ? marker?.seeded ?? null : null;
}

async function seedWith(
  client: Client,
  spec: DataSpec,
  request: SeedRequest,
): Promise<Omit<SeedResult, "seconds">> {
  const { dataset, shape } = spec;
  const { signal } = request;
  const earlier = await whatIsThere(client, dataset);
  const { facts, marker, schemas, holdings, missing } = earlier;
  const { anew = false } = request;
  if (marker?.seeded && isSame(marker, spec) && missing.length === 0 && !anew) {
    return { ...marker.seeded, alreadyThere: true, tables: null };
  }
  refuse(spec, { facts, marker, own: holdings?.own ?? [], missing }, request.replace ?? false);
  const action = `replace the data set in "${facts.database}"`;
  if (holdings !== null) refuseForeign(action, await notOurs(client, schemas, holdings, anew));
  await refuseListeners(
    client,
    `seed ${dataset.name} in "${facts.database}"`,
    [...dataset.schemas, ...schemas, "benchbook"],
  );

  const prepared = await dataset.prepare(shape);
  const tables = dataset.tables(shape, prepared);
  const counts = rowsByTable(tables);
  const rows = Object.values(counts).reduce((sum, count) => sum + count, 0);
  signal?.throwIfAborted();
  request.onPlan?.({ rows, bytes: diskNeed(dataset, counts) });
  const { custom, objects } = await transaction(
    client,
    () => begin(client, spec, tables, earlier, { action, anew }),
  );
  try {
    const loaderSpec: LoaderSpec = { url: request.url, dataset: dataset.name, shape, prepared, custom };
    const sent = await load(dataset, tables, loaderSpec, {
      loaders: request.workers ?? (rows < PARALLEL_ROWS ? 1 : Math.min(availableParallelism(), MOST_WORKERS)),
      onProgress: request.onProgress ?? (() => {}),
      signal,
    });
    const loaded = await withStored(sent, spec, request);
    const bytes = await sizeOf(client, dataset);
    signal?.throwIfAborted();
    return await complete(client, spec, objects, { counts, rows, bytes, loaded });
  } catch (error) {
    // Where the connection still stands nothing half done need stay until the next call, unless somebody already
    // uses it.
    const made = { objects, names: await unlisted(dataset.name, objects) };
    await transaction(client, async () => {
      // Whoever wants to leave does not wait for somebody else's lock.
      if (signal?.aborted) await client.query("SET LOCAL lock_timeout = '2s'");
      await clearDataset(client, dataset, dataset.schemas, made, { action, anew });
    }).catch(() => {});
    throw spec.custom === null ? error : blamed(error, spec.custom.path);
  }
}

/** What the database has of the data set by now, and what of it is gone. */
async function whatIsThere(client: Client, dataset: Dataset) {
  const facts = await inspect(client, dataset.schemas);
  const marker = facts.marker_exists ? await readMarker(client, dataset.name) : undefined;
  const schemas = marker?.schemas ?? dataset.schemas.slice(0, 1);
  const known = marker === undefined ? null : await knownOf(marker, dataset.name);
  const holdings = known === null ? null : await lookAt(client, schemas, known);
  const gone = dataset.schemas.filter((schema) => !facts.schemas.includes(schema));
  const missing = [...new Set([...gone.map((name) => `schema ${name}`), ...holdings?.missing ?? []])];
  return { facts, marker, schemas, known, holdings, missing };
}

/**
 * Makes the tables in place of what was there: from then on a marker that says "loading" stands for whatever is in the
 * schemas.
 */
async function begin(
  client: Client,
  { dataset, shape: { seed }, scale, variation, custom }: DataSpec,
  tables: readonly DatasetTable[],
  { facts, known, schemas }: Awaited<ReturnType<typeof whatIsThere>>,
  removal: Removal,
) {
  const { name, generator } = dataset;
  await client.query(schemaSql(`benchbook/${facts.marker_exists ? "upgrade" : "create"}.sql`));
  if (known !== null) await clearDataset(client, dataset, schemas, known, removal);
  await client.query(schemaSql(`${name}/tables.sql`));
  // Nobody else can see the schemas yet, so all that is in them is ours.
  const objects = await ownObjects(client, dataset, []);
  const values = [name, scale, seed, variation, generator, dataset.schemas, JSON.stringify(objects)];
  await client.query(schemaSql("benchbook/begin.sql"), values);
  if (custom === null) return { custom: null, objects };
  const columns = await describeColumns(client, dataset.schemas);
  // Here for their refusals: nothing is kept of a request whose columns do not exist or could never be stored.
  await tryFirstUnits(client, customised(tables, custom, columns, seed, await primaryKeys(name)));
  return { custom: { path: custom.path, sha256: custom.sha256, columns }, objects };
}

/** Marks the data set as complete. */
async function complete(
  client: Client,
  { dataset, shape: { seed }, scale, variation }: DataSpec,
  objects: readonly MadeObject[],
  { counts, rows, bytes, loaded }: Pick<SeededDataset, "counts" | "rows" | "bytes"> & {
    readonly loaded: NonNullable<SeedResult["tables"]>;
  },
): Promise<Omit<SeedResult, "seconds">> {
  const { name } = dataset;
  const hash = contentHash(loaded);
  const made = JSON.stringify(await ownObjects(client, dataset, objects));
  await client.query(schemaSql("benchbook/complete.sql"), [name, counts, rows, bytes, hash, loaded, made]);
  return { name, scale, seed, variation, counts, rows, bytes, hash, alreadyThere: false, tables: loaded };
}

/** The sums of tables with columns of the user's by what the server has made of them, the others' by what was sent. */
async function withStored(
  sent: Readonly<Record<string, LoadedTable>>,
  { dataset, custom }: DataSpec,
  { url, signal, onProgress }: SeedRequest,
): Promise<Readonly<Record<string, LoadedTable>>> {
  if (custom === null) return sent;
  const names = [...new Set(Object.keys(custom.columns).map((column) => column.split(".")[0]!))];
  const onTable = (table: string) =>
    onProgress?.({ stage: "content", table, done: names.indexOf(table), total: names.length });
  const options = { ...UNLIMITED, signal };
  const stored = await withClient(url, (client) => sumTables(client, dataset, onTable, names), options);
  return Object.fromEntries(
    Object.entries(sent).map(([name, table]) => [name, { ...table, ...stored[name] }]),
  );
}

/** A constraint that Benchbook's own rows keep and the user's columns break is the user's mistake. */
function blamed(error: unknown, file: string): unknown {
  if (!(error instanceof ServiceError) || !/\(SQLSTATE (22|23|54)\w{3}\)/.test(error.message)) return error;
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

/** What of the data set is there by now, with those of its objects that are on record. */
async function ownObjects(
  client: Client,
  { name, schemas }: Dataset,
  objects: readonly MadeObject[],
): Promise<readonly MadeObject[]> {
  return (await lookAt(client, schemas, { objects, names: await unlisted(name, objects) })).own;
}
