import assert from "node:assert/strict";
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
