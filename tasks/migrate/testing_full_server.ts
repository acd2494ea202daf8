import assert from "node:assert/strict";
import { rmSync, statfsSync } from "node:fs";
import { join } from "node:path";
import { LITTLE } from "../pipeline/testing_migration.ts";
import { withClient } from "../seed/connect.ts";
import { embeddedDatabaseUrl, startPostgres } from "../stack/postgres.ts";
import { clusterPlace } from "../stack/postgres_cluster.ts";
import { type ProcessId, stopProcess } from "../stack/process.ts";
import { counter } from "../random/counter.ts";
import { runSteps } from "./run_steps.ts";
import { planOf, RUN_ID, stepOf } from "./testing_steps.ts";

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

/** Runs a task against the server, with a home elsewhere. @returns its exit code and all that it said */
async function task(name: string, args: readonly string[], url: string) {
  const path = join(import.meta.dirname!, "..", `${name}.ts`);
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", path, ...args],
    env: { DATABASE_URL: url },
    stdin: "null",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, said: `${text(stdout)}${text(stderr)}` };
}

/**
 * A change for which the disk has no room, made in place by the command itself, under its load.
 * @param file where its SQL may be written
 */
async function migrated(file: string, url: string) {
  Deno.writeTextFileSync(
    file,
    [
      "ALTER TABLE northwind.orders ADD COLUMN note text;",
      // Not logged: it is the table that finds no room, and not the log, without which the server ends.
      "CREATE UNLOGGED TABLE northwind.filler AS SELECT repeat(md5(n::text), 60) AS word FROM generate_series(1, 500000) n;",
      "ALTER TABLE northwind.orders DROP COLUMN note;",
      "",
    ].join("\n"),
  );
  const seeded = await task("seed", ["--scale", "tiny"], url);
  assert.equal(seeded.code, 0, seeded.said);
  // The load's own log has room in its next file.
  await withClient(url, async (client) => {
    await client.query("CHECKPOINT");
    await client.query("SELECT pg_switch_wal()");
  });
  const ran = await task("migrate", [file, "--in-place", "postgres", ...LITTLE, "--duration", "1s"], url);
  const left = await withClient(url, async (client) => {
    const { rows } = await client.query(
      "SELECT count(*) FILTER (WHERE order_id >= 1000000000)::integer AS ours, to_regclass('northwind.filler') AS filler FROM northwind.orders",
    );
    return rows[0];
  });
  return { ...ran, left };
}

/**
 * A server on a disk of its own, which a change fills up under the load of its run. Prints as JSON what came of it, and of
 * an index for which there is no room.
 */
if (import.meta.main) {
  const [home, file] = Deno.args as [string, string];
  // Elsewhere it would fill up somebody else's.
  assert.ok(clusterPlace(home).data.startsWith(home));
  let running: ProcessId | undefined;
  try {
    const { port } = await startPostgres(home, (started) => running = started.process);
    const url = embeddedDatabaseUrl(home, port, "postgres");
    const change = await migrated(file, url);
    console.log(JSON.stringify({ change, index: await withoutRoom(home, url) }));
  } finally {
    if (running !== undefined) await stopProcess(running, "SIGINT");
  }
}
