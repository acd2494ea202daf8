import assert from "node:assert/strict";
import { checkStages, constantRate, ramp, spike, type Stage, steps } from "./stages.ts";

Deno.test("stages are written as a constant rate, a ramp, a staircase or a spike", () => {
  assert.deepEqual(constantRate(100, 30), [{ duration: 30, rate: 100, shape: "step" }]);
  assert.deepEqual(ramp(500, 10), [{ duration: 10, rate: 500, shape: "ramp" }]);
  assert.deepEqual(steps([10, 20], 5), [
    { duration: 5, rate: 10, shape: "step" },
    { duration: 5, rate: 20, shape: "step" },
  ]);
  assert.deepEqual(spike(50, 500, 20, 3, 40), [
    { duration: 20, rate: 50, shape: "step" },
    { duration: 3, rate: 500, shape: "step" },
    { duration: 40, rate: 50, shape: "step" },
  ]);
});

Deno.test("a spike is followed by as much calm as went before it, and may begin or end the stages", () => {
  assert.deepEqual(spike(50, 500, 20, 3).map(({ duration }) => duration), [20, 3, 20]);
  assert.deepEqual(spike(50, 500, 0, 3), constantRate(500, 3));
  assert.deepEqual(spike(50, 500, 20, 3, 0).map(({ rate }) => rate), [50, 500]);
});

Deno.test("what the helpers write has no faults", () => {
  const written = [...constantRate(10, 1), ...ramp(0, 1), ...steps([1, 2, 3], 0.001), ...spike(0, 1e6, 1, 1)];
  assert.deepEqual(checkStages(written), []);
  assert.deepEqual(checkStages([{ duration: 1, rate: 5 }], 3), []);
});

Deno.test("a faulty field is named with what is allowed and what it is", () => {
  const check = (stage: unknown) => checkStages([...constantRate(1, 1), stage]);
  assert.deepEqual(check({ duration: 0, rate: 1 }), [
    "stages[1].duration: must be a finite number of seconds, at least 0.001 (it is 0)",
  ]);
  assert.deepEqual(check({ duration: Infinity, rate: 1 }), [
    "stages[1].duration: must be a finite number of seconds, at least 0.001 (it is Infinity)",
  ]);
  assert.deepEqual(check({ duration: "30s", rate: NaN }), [
    'stages[1].duration: must be a finite number of seconds, at least 0.001 (it is "30s")',
    "stages[1].rate: must be from 0 to 1,000,000 requests a second (it is NaN)",
  ]);
  assert.deepEqual(check({ duration: 1, rate: -5 }), [
    "stages[1].rate: must be from 0 to 1,000,000 requests a second (it is -5)",
  ]);
  assert.deepEqual(check({ duration: 1, rate: 1, shape: "jump" }), [
    'stages[1].shape: must be "ramp" or "step" (it is "jump")',
  ]);
  assert.deepEqual(check({ duration: 1, rates: 5 }), [
    "stages[1].rate: must be from 0 to 1,000,000 requests a second (it is missing)",
    'stages[1].rates: is unknown. Did you mean "rate"? Known: duration, rate, shape.',
  ]);
  assert.deepEqual(check(7), ["stages[1]: must be a stage { duration, rate, shape } (it is 7)"]);
});

Deno.test("stages must be a list that asks for something, from a start rate that is one", () => {
  const list = (stages: unknown) => checkStages(stages, 0, "streams[2].");
  assert.deepEqual(list([]), ["streams[2].stages: must be a list of at least one stage (it is [])"]);
  assert.deepEqual(list(undefined), [
    "streams[2].stages: must be a list of at least one stage (it is missing)",
  ]);
  assert.deepEqual(checkStages(ramp(1, 1), -1), [
    "startRate: must be from 0 to 1,000,000 requests a second (it is -1)",
  ]);
  const silent = ["stages: must have a rate above 0 somewhere (all are 0)"];
  assert.deepEqual(checkStages(ramp(0, 1)), silent);
  assert.deepEqual(checkStages(constantRate(0, 1), 5), silent);
  assert.deepEqual(checkStages(ramp(0, 1), 5), []);
  const noShape: Stage[] = [{ duration: 1, rate: 0 }];
  assert.deepEqual(checkStages(noShape, 5), []);
});
