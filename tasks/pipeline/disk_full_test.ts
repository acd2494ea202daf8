import assert from "node:assert/strict";
import { onSmallDisk } from "./testing_small_disk.ts";

Deno.test("a disk without room is refused before anything starts, with what is needed", async () => {
  const { first } = await onSmallDisk("300m", null);
  assert.match(first, /Cannot start on a disk that is nearly full: \d+ MB are free/);
  assert.match(first, /exit 3$/m);
});

Deno.test("a disk that fills up in mid-run: exit 3, and the rows spooled before are recovered", async () => {
  const { first, second } = await onSmallDisk("1100m", 0);
  assert.match(first, /No space left on device|disk is full/i);
  assert.match(first, /exit 3$/m);
  assert.doesNotMatch(first, /\n\s+at /, "no stack trace");
  assert.match(second, /Recovered run \S+ \(crashed\): [\d,]+ requests/);
  assert.match(second, /exit [04]$/m);
});
