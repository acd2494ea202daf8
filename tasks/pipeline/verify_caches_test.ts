import assert from "node:assert/strict";
import type { PlannedArm } from "../model/arms.ts";
import { refuseVerifying } from "./check_verifying.ts";
import { chosenCells } from "./verify_caches.ts";

Deno.test("caches that are run are spread over the map, and none has less memory than Redis itself needs", () => {
  const MIB = 2 ** 20;
  assert.deepEqual(chosenCells([1, 5, 20, 60], 100 * MIB, 6), [
    { ttl: 1, share: 1 / 4 },
    { ttl: 5, share: 1 / 8 },
    { ttl: 5, share: 1 / 2 },
    { ttl: 20, share: 1 / 4 },
    { ttl: 60, share: 1 / 8 },
    { ttl: 60, share: 1 / 2 },
  ]);
  assert.deepEqual(chosenCells([1, 5], 3 * MIB, 6), [
    { ttl: 1, share: 1 / 2 },
    { ttl: 1, share: 1 },
    { ttl: 5, share: 1 / 2 },
    { ttl: 5, share: 1 },
  ]);
  assert.deepEqual(chosenCells([1, 5], 1000, 1), [{ ttl: 5, share: 1 }]);
  assert.deepEqual(chosenCells([1, 5], 1000, 0), []);
});

Deno.test("other caches are run after a bench alone, where a path has a cache, and never in a Redis of the user's", () => {
  const arm = (path: string, own: Record<string, number> = {}, redisUrl?: string) =>
    ({ name: path, path, overrides: { settings: own, redisUrl } }) as unknown as PlannedArm;
  const settings = { verify: 6 };
  const refusal = (...asked: Parameters<typeof refuseVerifying>) => {
    try {
      refuseVerifying(...asked);
      return null;
    } catch (error) {
      return (error as Error).message;
    }
  };
  const cached = [arm("sql"), arm("sql+cache")];
  const ours = { redisUrl: undefined };
  const theirs = { redisUrl: "redis://127.0.0.1:6379" };
  assert.equal(refusal(cached, { settings }, ours), null);
  assert.match(
    refusal(cached, { settings }, theirs)!,
    /^Cannot set verify: REDIS_URL names a server of yours/,
  );
  assert.match(refusal([arm("sql")], { settings }, ours)!, /no path that is asked has a cache/);
  assert.match(refusal(cached, { settings }, ours, "a migration")!, /a migration has no map of hit rates/);
  // An arm's own settings go before those of the run.
  assert.match(refusal([arm("sql+cache", settings)], { settings: {} }, theirs)!, /REDIS_URL/);
  assert.equal(refusal([arm("sql+cache", { verify: 0 })], { settings }, theirs), null);
  // Nor in the Redis that is not the one whose map it would be.
  const own = "redis://127.0.0.1:6380";
  assert.match(
    refusal([...cached, arm("matview+cache", {}, own)], { settings }, ours)!,
    /^Cannot set verify: the file of the arm matview\+cache names a Redis of yours/,
  );
  assert.equal(refusal([...cached, arm("matview+cache", { verify: 0 }, own)], { settings }, ours), null);
});
