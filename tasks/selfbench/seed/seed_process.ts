import { withClient } from "../../seed/connect.ts";
import { contentHash } from "../../seed/hash.ts";
import { plain } from "../../seed/loader_messages.ts";
import { load } from "../../seed/load.ts";
import type { SeedProgress } from "../../seed/progress.ts";
import { seed } from "../../seed/seed.ts";
import { settleData } from "../../seed/spec.ts";
import { schemaSql } from "../../seed/sql.ts";
import { formatCount } from "../../model/units.ts";
import { peakMemory } from "../../observe/peak_memory.ts";
import { orderOf, tell } from "../own_process.ts";
import type { Seeded, SeedMessage, SeedOrder } from "./seed_messages.ts";

const PROGRESS_MS = 250;
const say = (message: SeedMessage) => tell(message);
let told = 0;

/**
 * A process that seeds and does nothing else, so that what it takes is what seeding takes. An order comes in on
 * stdin; progress and the result go out on stdout.
 */
if (import.meta.main) {
  const order = await orderOf<SeedOrder>();
  try {
    const result = order.work === "whole" ? await seedAll(order) : await loadRows(order);
    say({ kind: "seeded", seeded: { ...result, peakBytes: peakMemory() } });
  } catch (error) {
    say({ kind: "failed", error: plain(error) });
  }
}

type Loaded = Omit<Seeded, "peakBytes">;

async function seedAll(order: SeedOrder): Promise<Loaded> {
  const { seconds, rows, hash } = await seed({ ...order, onProgress });
  return { seconds, prepareSeconds: null, rows, hash };
}

/** Goes the way of `seed` as far as the last row is stored. */
async function loadRows(order: SeedOrder): Promise<Loaded> {
  const begun = performance.now();
  const { dataset, shape } = settleData(order);
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

function onProgress({ stage, table, done, total }: SeedProgress): void {
  const now = performance.now();
  if (now - told < PROGRESS_MS) return;
  told = now;
  const far = stage === "copy" ? ` ${formatCount(done)} of ${formatCount(total)} rows` : "";
  say({ kind: "progress", text: `${stage} ${table}${far}` });
}
