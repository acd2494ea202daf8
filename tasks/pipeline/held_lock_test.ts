import { assertLimited } from "./testing_held_lock.ts";

Deno.test("somebody's lock is waited for so long and no longer, and an interruption ends the wait", async (t) => {
  await assertLimited(t, ["the proof"]);
});
