import assert from "node:assert/strict";
import { resolve } from "node:path";
import { loadScenario } from "../../load/scenario.ts";
import { DEFAULT_MINUTE } from "./power.ts";
import { exerciseFalseVerdicts, exercisePower } from "./testing_power.ts";

// The full numbers are in power_all_test.ts.
Deno.test("a quiet machine's default minute finds +10 % in a median and +5 % over all operations", () =>
  exercisePower(40));

Deno.test("twins get no more false verdicts than one candidate in twenty", () => exerciseFalseVerdicts(40));

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
