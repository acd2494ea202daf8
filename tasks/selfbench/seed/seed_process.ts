import { withClient } from "../../seed/connect.ts";
import { contentHash } from "../../seed/hash.ts";
import { load } from "../../seed/load.ts";
import type { SeedProgress } from "../../seed/progress.ts";
import { seed } from "../../seed/seed.ts";
import { resolveData } from "../../seed/spec.ts";
import { schemaSql } from "../../seed/sql.ts";
import { formatCount } from "../../model/units.ts";
import { peakMemory } from "../../observe/process_memory.ts";
import { answer } from "../own_process.ts";
import type { Seeded, SeedOrder } from "./seed_messages.ts";

const PROGRESS_MS = 250;
/**
 * A process that seeds and does nothing else, so that what it takes is what seeding takes. An order comes in on
 * stdin; progress and the result go out on stdout.
 */
if (import.meta.main) {
  await answer(async (order: SeedOrder, say: (progress: string) => void): Promise<Seeded> => {
    const onProgress = nowAndThen(say);
    const loaded = order.work === "whole"
      ? await seedAll(order, onProgress)
      : await loadRows(order, onProgress);
    return { ...loaded, peakBytes: peakMemory() };
  });
}

type OnProgress = (progress: SeedProgress) => void;
type Loaded = Omit<Seeded, "peakBytes">;

async function seedAll(order: SeedOrder, onProgress: OnProgress): Promise<Loaded> {
  const { seconds, rows, hash } = await seed({ ...order, onProgress });
  return { seconds, prepareSeconds: null, rows, hash };
}

/** Goes the way of `seed` as far as the last row is stored. */
async function loadRows(order: SeedOrder, onProgress: OnProgress): Promise<Loaded> {
  const begun = performance.now();
  const { dataset, shape } = resolveData(order);
  const prepared = await dataset.prepare(shape);
  const tables = dataset.tables(shape, prepared);
  const prepareSeconds = (performance.now() - begun) / 1000;
  await withClient(order.url, (client) => client.query(schemaSql(`${dataset.name}/tables.sql`)));
  const spec = { url: order.url, dataset: dataset.name, shape, prepared, custom: null };
  const loaded = await load(dataset, tables, spec, {
    loaders: order.workers,
    rowsOnly: true,
    onProgress,
  });
  const seconds = (performance.now() - begun) / 1000;
  const rows = Object.values(loaded).reduce((sum, table) => sum + table.rows, 0);
  return { seconds, prepareSeconds, rows, hash: contentHash(loaded) };
}

function nowAndThen(say: (text: string) => void): OnProgress {
  let told = 0;
  return ({ stage, table, done, total }) => {
    const now = performance.now();
    if (now - told < PROGRESS_MS) return;
    told = now;
    const far = stage === "copy" ? ` ${formatCount(done)} of ${formatCount(total)} rows` : "";
    say(`${stage} ${table}${far}`);
  };
}
