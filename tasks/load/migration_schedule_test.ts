import assert from "node:assert/strict";
import { migrationSchedule } from "./migration_schedule.ts";

const run = () => Promise.resolve();
const PLAN = {
  segmentSeconds: 6,
  longestSeconds: 1800,
  look: { name: "look", run },
  change: { name: "change", run },
};

Deno.test("the load is looked at before what is measured begins, where the warm-up is long enough for that", () => {
  const { phases, actions } = migrationSchedule({ ...PLAN, warmupSeconds: 3 });
  assert.deepEqual(phases.map(({ segment, measured }) => [segment, measured]), [
    ["warmup", false],
    ["baseline", true],
    ["migrate", true],
    ["recovery", true],
  ]);
  assert.deepEqual(actions.map(({ name, at }) => [name, at]), [
    ["look", { atUs: 1_200_000 }],
    ["change", { phaseId: 2, edge: "start" }],
  ]);
  const short = migrationSchedule({ ...PLAN, warmupSeconds: 1 });
  assert.deepEqual(short.actions.map(({ name }) => name), ["change"]);
  const nothing = migrationSchedule({ ...PLAN, look: null, warmupSeconds: 3 });
  assert.deepEqual(nothing.actions.map(({ name }) => name), ["change"]);
});
