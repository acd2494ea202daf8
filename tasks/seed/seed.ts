import type { Client } from "pg";
import type { SeededDataset } from "../model/dataset.ts";
import { BenchbookError, InterruptedError, ServiceError, UsageError } from "../model/errors.ts";
import { hint } from "../model/suggest.ts";
import { datasets } from "./catalog.ts";
import { withClient } from "./connect.ts";
import type { Dataset } from "./dataset.ts";
import { hashTables, sizeOf } from "./hash.ts";
import { load } from "./load.ts";
import { inspect, type Inspection, type Marker, readMarker } from "./marker.ts";
import type { SeedProgress } from "./progress.ts";
import { schemaSql, transaction } from "./sql.ts";

export interface SeedRequest {
  /** The database; may hold a password and is never shown. */
  readonly url: string;
  readonly dataset: string;
  readonly scale: string;
  readonly seed: number;
  /** Throw away what Benchbook loaded here before with another scale or seed. */
  readonly replace?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: SeedProgress) => void;
}

export type SeedResult = SeededDataset & {
  /** The same data set was there, whole; nothing was done. */
  readonly alreadyThere: boolean;
  readonly seconds: number;
};

/** The PostgreSQL versions that are supported begin here. */
const LEAST_VERSION = 140000;

/** So long a killed predecessor's session may need to end. */
const LOCK_WAIT_MS = 2000;

/**
 * Fills a database with a data set, unless it holds just that already. Needs an ordinary role with CREATE on
 * its database. Interrupted at any point, even killed, it leaves nothing that later counts as whole: the next
 * call clears it away and begins again.
 *
 * @throws {UsageError} for an unknown data set or scale, for a database that holds another scale or seed
 * (without `replace`), or a schema of that name that is not Benchbook's: then nothing was touched
 * @throws {ServiceError} when the server cannot be reached or the connection is lost
 * @throws {InterruptedError} after `signal`
 */
export async function seed(request: SeedRequest): Promise<SeedResult> {
  const dataset = known(request);
  const start = performance.now();
  return await withClient(request.url, async (client) => {
    const facts = await inspect(client, dataset.schema);
    const cancel = () => void cancelStatement(request.url, facts.pid);
    request.signal?.addEventListener("abort", cancel);
    try {
      await exclusively(client, facts.database);
      const result = await seedWith(client, dataset, request);
      return { ...result, seconds: (performance.now() - start) / 1000 };
    } catch (error) {
      if (request.signal?.aborted) throw new InterruptedError();
      throw error;
    } finally {
      request.signal?.removeEventListener("abort", cancel);
    }
  });
}

/**
 * What the database was seeded with: null when it was not, or not completely.
 * @param name of the data set
 */
export async function findDataset(client: Client, name: string): Promise<SeededDataset | null> {
  const dataset = datasets[name];
  if (!dataset) return null;
  const facts = await inspect(client, dataset.schema);
  if (!facts.marker_exists || !facts.schema_exists) return null;
  return (await readMarker(client, name))?.seeded ?? null;
}

async function seedWith(client: Client, dataset: Dataset, request: SeedRequest) {
  const { scale, seed, signal } = request;
  // Again: what another session was at may be finished now that we have the lock.
  const facts = await inspect(client, dataset.schema);
  const marker = facts.marker_exists ? await readMarker(client, dataset.name) : undefined;
  if (marker?.seeded && facts.schema_exists && isSame(marker, dataset, request)) {
    return { ...marker.seeded, alreadyThere: true };
  }
  refuse(dataset, facts, marker, request);

  const progress = request.onProgress ?? (() => {});
  const tables = await dataset.tables(scale, seed);
  signal?.throwIfAborted();
  // From here on a marker that says "loading" stands for whatever is in the schema.
  await transaction(client, async () => {
    if (!facts.marker_exists) await client.query(schemaSql("benchbook/create.sql"));
    await clear(client, dataset);
    await client.query(schemaSql("benchbook/begin.sql"), [dataset.name, scale, seed, dataset.generator]);
    await client.query(schemaSql(`${dataset.name}/tables.sql`));
  });
  try {
    const counts = await load(client, dataset, tables, progress, signal);
    let done = 0;
    const { hash } = await hashTables(
      client,
      dataset,
      (table) => progress({ stage: "hash", table, done: done++, total: tables.length }),
    );
    const bytes = await sizeOf(client, dataset);
    const rows = Object.values(counts).reduce((sum, count) => sum + count, 0);
    signal?.throwIfAborted();
    await client.query(schemaSql("benchbook/complete.sql"), [dataset.name, counts, rows, bytes, hash]);
    return { name: dataset.name, scale, seed, counts, rows, bytes, hash, alreadyThere: false };
  } catch (error) {
    // Where the connection still stands nothing half done need stay until the next call.
    await transaction(client, () => clear(client, dataset)).catch(() => {});
    throw error;
  }
}

function known({ dataset: name, scale, seed }: SeedRequest): Dataset {
  const dataset = datasets[name];
  if (!dataset) {
    throw new UsageError(
      `Cannot seed the data set "${name}": there is none of that name`,
      hint(name, Object.keys(datasets)),
    );
  }
  if (!dataset.scales.includes(scale)) {
    throw new UsageError(
      `Cannot seed ${name} at the scale "${scale}": it has none`,
      hint(scale, dataset.scales),
    );
  }
  if (!Number.isSafeInteger(seed)) {
    throw new UsageError(`Cannot seed ${name} with the seed ${seed}: it must be a whole number`);
  }
  return dataset;
}

function isSame(marker: Marker, dataset: Dataset, { scale, seed }: SeedRequest): boolean {
  return marker.scale === scale && marker.seed === seed && marker.generator === dataset.generator;
}

/** Everything that forbids to go on, before anything is touched. */
function refuse(dataset: Dataset, facts: Inspection, marker: Marker | undefined, request: SeedRequest): void {
  const { database } = facts;
  if (facts.version < LEAST_VERSION) {
    throw new ServiceError(
      `Cannot seed "${database}": PostgreSQL must be 14 or later: it is ${facts.version_text}`,
    );
  }
  if (facts.encoding !== "UTF8") {
    throw new UsageError(
      `Cannot seed "${database}": its encoding must be UTF8: it is ${facts.encoding}`,
      "Create a database with ENCODING 'UTF8'.",
    );
  }
  if (!facts.may_create) {
    throw new UsageError(
      `Cannot seed "${database}": the role needs CREATE on the database and has it not`,
      `GRANT CREATE ON DATABASE "${database}" TO it, or use a database that it owns.`,
    );
  }
  if (facts.marker_schema_exists && !facts.marker_exists) {
    throw new UsageError(
      `Cannot seed "${database}": it has a schema "benchbook" that is not Benchbook's`,
      "Use another database.",
    );
  }
  if (facts.schema_exists && !marker) {
    throw new UsageError(
      `Cannot seed "${database}": it has a schema "${dataset.schema}" that Benchbook did not make`,
      "Use another database; Benchbook changes nothing that it did not make.",
    );
  }
  // The same scale and seed by an older generator are made anew without asking: that is what was asked for.
  const other = marker?.seeded && (marker.scale !== request.scale || marker.seed !== request.seed);
  if (other && facts.schema_exists && !request.replace) {
    throw new UsageError(
      `Cannot seed ${dataset.name} at scale ${request.scale} with seed ${request.seed} in "${database}": ` +
        `it holds scale ${marker.scale}, seed ${marker.seed}`,
      "Give --replace to throw that away, or use another database.",
    );
  }
}

/** Removes the data set's schema and marker; only called where the marker says that they are ours. */
async function clear(client: Client, dataset: Dataset): Promise<void> {
  await client.query("SET LOCAL client_min_messages = warning");
  await client.query(`DROP SCHEMA IF EXISTS ${dataset.schema} CASCADE`);
  await client.query("DELETE FROM benchbook.dataset WHERE name = $1", [dataset.name]);
}

/**
 * Two sessions that seed one database would each clear away the other's tables. The lock is the session's own:
 * the server frees it, also after a killed process, as soon as it sees that the connection is gone.
 */
async function exclusively(client: Client, database: string): Promise<void> {
  const deadline = performance.now() + LOCK_WAIT_MS;
  while (true) {
    const { rows } = await client.query(
      "SELECT pg_try_advisory_lock(hashtextextended('benchbook.seed', 0)) AS locked",
    );
    if (rows[0].locked) return;
    if (performance.now() > deadline) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new ServiceError(
    `Cannot seed "${database}": another session is seeding it now`,
    "Wait until it has finished, then try again.",
  );
}

/** A long statement, such as an index build, ends at once only when the server is asked to. */
async function cancelStatement(url: string, pid: number): Promise<void> {
  try {
    await withClient(url, (client) => client.query("SELECT pg_cancel_backend($1)", [pid]));
  } catch (error) {
    // The load notices the signal at its next step anyway.
    if (!(error instanceof BenchbookError)) throw error;
  }
}
