import assert from "node:assert/strict";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SetTime } from "../net/testing_time.ts";
import { withTempDir } from "../store/testing.ts";
import { watchDisk } from "./disk_watch.ts";

async function fullWith(
  places: { spool: string; db: string },
  free: (path: string) => number,
): Promise<string | null> {
  const told: string[] = [];
  let asked = 0;
  const time = new SetTime();
  {
    using _watch = watchDisk(
      places,
      (why) => told.push(why),
      (path) => {
        asked++;
        return free(path);
      },
      time.later,
    );
    await time.pass(2000);
  }
  assert.ok(told.length <= 1);
  // Who has told looks no more, and others looked again and again, until it is over.
  assert.ok(told.length === 1 || asked >= 4, `${asked}`);
  assert.equal(time.waiting, 0);
  return told[0] ?? null;
}

Deno.test("a run is told once that its disk is full, while the last rows and the store still fit", () =>
  withTempDir(async (dir) => {
    const file = Deno.openSync(join(dir, "timing-0.seg"), { write: true, create: true });
    file.truncateSync(1_000_000_000);
    file.close();
    const places = { spool: dir, db: join(dir, "reports", "store.duckdb") };
    const [enough, little] = await Promise.all([
      fullWith(places, () => 364_000_000),
      fullWith(places, () => 363_999_999),
    ]);
    assert.equal(enough, null);
    assert.match(little!, /^the disk is full, but for 347 MiB to store the run, at /);
  }));

Deno.test("a store on a disk of its own must have room for the run too, and its spool's disk only for the last rows", () =>
  withTempDir(async (dir) => {
    const file = Deno.openSync(join(dir, "timing-0.seg"), { write: true, create: true });
    file.truncateSync(1_000_000_000);
    file.close();
    const elsewhere = Deno.makeTempDirSync({ dir: "/dev/shm" });
    try {
      const places = { spool: dir, db: join(elsewhere, "store.duckdb") };
      const having = (spool: number, store: number) =>
        fullWith(places, (path) => path.startsWith(elsewhere) ? store : spool);
      const [enough, spoolFull, storeFull] = await Promise.all([
        having(64_000_000, 364_000_000),
        having(63_999_999, 364_000_000),
        having(64_000_000, 363_999_999),
      ]);
      assert.equal(enough, null);
      assert(spoolFull!.endsWith(`at ${dir}`), spoolFull!);
      assert(storeFull!.endsWith(`at ${elsewhere}`), storeFull!);
    } finally {
      Deno.removeSync(elsewhere, { recursive: true });
    }
  }, tmpdir()));
