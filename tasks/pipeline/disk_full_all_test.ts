import assert from "node:assert/strict";
import { LITTLE } from "./testing_migration.ts";
import { onSmallDisk } from "./testing_small_disk.ts";

Deno.test("a disk that is nearly full in mid-run ends the run in order: it is stored, exit 3, nothing is left", async () => {
  const { first, second } = await onSmallDisk("1100m", 40);
  assert.match(first, /Store: [\d,]+ timings/);
  assert.match(
    first,
    /The run ended early: the disk is full, but for .* What was measured until then is kept\./,
  );
  assert.match(first, /exit 3$/m);
  assert.doesNotMatch(second, /Recovered|set-aside/);
  assert.match(second, /exit [04]$/m);
});

Deno.test("a disk that is nearly full ends a migration in order: it is stored, exit 3, its clone is gone", async () => {
  const args = ["backfill", "--variant", "naive", ...LITTLE, "--duration", "20s"];
  const { first, second } = await onSmallDisk("1100m", 40, args);
  assert.match(first, /Check every write: \d+ acknowledged writes?, each as it must be/);
  assert.match(first, /Store: [\d,]+ timings/);
  assert.match(first, /The run ended early: the disk is full, but for /);
  assert.match(first, /exit 3$/m);
  assert.doesNotMatch(second, /Recovered|set-aside|Dropped the clone/);
  assert.match(second, /exit [04]$/m);
});

Deno.test("a disk that fills up in mid-run: exit 3, and the rows spooled before are recovered", async () => {
  const { first, second } = await onSmallDisk("1100m", 0);
  assert.match(first, /No space left on device|disk is full/i);
  assert.match(first, /exit 3$/m);
  assert.doesNotMatch(first, /\n\s+at /, "no stack trace");
  assert.match(second, /Recovered run \S+ \(crashed\): [\d,]+ requests/);
  assert.match(second, /exit [04]$/m);
});
