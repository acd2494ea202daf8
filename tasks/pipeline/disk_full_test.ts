import assert from "node:assert/strict";
import { onSmallDisk } from "./testing_small_disk.ts";

Deno.test("a disk without room is refused before anything starts, with what is needed", async () => {
  const { first } = await onSmallDisk("300m", null);
  assert.match(first, /Cannot start on a disk that is nearly full: \d+ MB are free/);
  assert.match(first, /exit 3$/m);
});
