import { exerciseReplay } from "./testing_replay.ts";

Deno.test("at other rates too a healthy generator is valid, and a stopped or starved one is not", (t) =>
  exerciseReplay(t, [100, 10_000]));
