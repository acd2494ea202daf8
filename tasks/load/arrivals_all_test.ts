import assert from "node:assert/strict";
import { worstDrift } from "./testing_drift.ts";

Deno.test("ten million slots later times are those of direct evaluation to far below a microsecond", () => {
  const worst = worstDrift(10_000_000);
  assert.ok(worst <= 1e-5, `${worst} µs`);
});
