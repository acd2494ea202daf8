import { exerciseReplay } from "./testing_replay.ts";

// The rates between and above are in validity_replay_all_test.ts.
Deno.test("for each arrival process a healthy generator is valid, and a stopped or starved one is not", (t) =>
  exerciseReplay(t, [10, 1000]));
