import assert from "node:assert/strict";
import { rmSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { withClient } from "../seed/connect.ts";
import { embeddedDatabaseUrl, startPostgres } from "../stack/postgres.ts";
import { clusterPlace } from "../stack/postgres_cluster.ts";
import { type ProcessId, stopProcess } from "../stack/process.ts";
import { counter } from "../random/counter.ts";
import { checkShop, makeTables } from "./ledger/check/shop.ts";
import { shortLoad } from "./ledger/check/short_load.ts";
import { judgeShop } from "./ledger/testing.ts";
import { runSteps } from "./run_steps.ts";
import { PLAIN, planOf, RUN_ID, stepOf } from "./testing_steps.ts";

/** Of the load; half of it comes before the change. */
const SLOTS = 200;

const INDEX = "CREATE INDEX CONCURRENTLY item_n ON public.item (n)";

/** Builds an index for which the disk has no room, beside others. @returns what came of it, and what is INVALID then */
async function withoutRoom(home: string, url: string) {
  await withClient(url, async (client) => {
    await client.query(
      "CREATE TABLE public.item AS SELECT n, n % 7 AS kind FROM generate_series(1, 300000) n",
    );
    // The log has room in its next file: without that the server ends.
    await client.query("CHECKPOINT");
    await client.query("SELECT pg_switch_wal()");
    await client.query("CREATE TABLE public.noted AS SELECT 1");
  });
  const filler = join(home, "filler");
  leave(filler, home, 256 * 1024);
  const move = { kind: "concurrently", index: "public.item_n" } as const;
  const outcome = await runSteps(planOf(stepOf(1, move, INDEX)), {
    url,
    runId: RUN_ID,
    nowUs: () => performance.now() * 1000,
    random: counter(1, "index"),
    onRecord: () => {},
  });
  rmSync(filler);
  const invalid = await withClient(
    url,
    async (client) =>
      (await client.query("SELECT indexrelid::regclass::text AS name FROM pg_index WHERE NOT indisvalid"))
        .rows,
  );
  return { outcome, invalid };
}

/** Fills a disk up to so many bytes. */
function leave(filler: string, disk: string, bytes: number): void {
  const { bavail, bsize } = statfsSync(disk);
  const block = new Uint8Array(2 ** 20);
  using file = Deno.openSync(filler, { write: true, create: true });
  for (let left = bavail * bsize - bytes; left > 0; left -= block.length) {
    file.writeSync(block.subarray(0, Math.min(left, block.length)));
  }
}

/**
 * A server on a disk of its own, which a change fills up between two halves of a load. Prints as JSON what came of the
 * change, and of each write.
 */
if (import.meta.main) {
  const home = Deno.args[0]!;
  // Elsewhere it would fill up somebody else's.
  assert.ok(clusterPlace(home).data.startsWith(home));
  let running: ProcessId | undefined;
  try {
    const { port } = await startPostgres(home, (started) => running = started.process);
    const url = embeddedDatabaseUrl(home, port, "postgres");
    const shop = await checkShop(5);
    await withClient(url, makeTables);
    const spoolDir = join(home, "spool", "full");
    const load = (from: number, to: number, worker: number) =>
      shortLoad({ url, shop, slots: [from, to], clients: 4, spoolDir, worker });
    await load(0, SLOTS / 2, 0);
    const outcome = await runSteps(
      planOf(
        stepOf(1, PLAIN, "ALTER TABLE northwind.orders ADD COLUMN note text"),
        // Not logged: it is the table that finds no room, and not the log, without which the server ends.
        stepOf(
          2,
          PLAIN,
          "CREATE UNLOGGED TABLE filler AS SELECT repeat(md5(n::text), 60) AS word FROM generate_series(1, 500000) n",
        ),
        stepOf(3, PLAIN, "ALTER TABLE northwind.orders DROP COLUMN note"),
      ),
      {
        url,
        runId: RUN_ID,
        nowUs: () => performance.now() * 1000,
        random: counter(1, "full"),
        onRecord: () => {},
      },
    );
    await load(SLOTS / 2, SLOTS, 1);
    const { entries, ...ledger } = await judgeShop(shop, { url, spoolDir, slots: SLOTS });
    const index = await withoutRoom(home, url);
    console.log(JSON.stringify({ outcome, ledger, entries: entries.length, index }));
  } finally {
    if (running !== undefined) await stopProcess(running, "SIGINT");
  }
}
