import assert from "node:assert/strict";
import { join } from "node:path";
import { withTempDir } from "../store/testing.ts";
import { watchDisk } from "./disk_watch.ts";

async function fullWith(dir: string, free: number): Promise<string | null> {
  let called = 0;
  const watch = watchDisk(dir, () => called++, () => free);
  await new Promise((resolve) => setTimeout(resolve, 1300));
  watch.stop();
  assert.equal(called, watch.full === null ? 0 : 1);
  return watch.full;
}

Deno.test("a run is told once that its disk is full, while the last rows and the store still fit", () =>
  withTempDir(async (dir) => {
    const file = Deno.openSync(join(dir, "timing-0.seg"), { write: true, create: true });
    file.truncateSync(1_000_000_000);
    file.close();
    const [enough, little] = await Promise.all([fullWith(dir, 364_000_000), fullWith(dir, 363_999_999)]);
    assert.equal(enough, null);
    assert.match(little!, /^the disk is full, but for 347 MiB to store the run, at /);
  }));
