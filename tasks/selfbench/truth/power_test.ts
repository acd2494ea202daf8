import assert from "node:assert/strict";
import { resolve } from "node:path";
import { loadScenario } from "../../load/scenario.ts";
import { DEFAULT_MINUTE } from "./power.ts";

// How much it finds is in power_all_test.ts.
Deno.test("what is simulated is the default run", async () => {
  const root = resolve(import.meta.dirname!, "../../..");
  const { paths, operations, rate, duration, block, washout } = await loadScenario(root, "access-paths", {});
  assert.deepEqual(DEFAULT_MINUTE, {
    arms: paths,
    operations: operations.map(({ name, weight }) => ({ name, weight })),
    rate,
    durationSeconds: duration,
    blockSeconds: block,
    washoutSeconds: washout,
  });
});
