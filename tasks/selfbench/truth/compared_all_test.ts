import {
  exerciseConfirming,
  exerciseDeciding,
  exercisePlanning,
  exerciseSeries,
} from "./testing_compared.ts";

Deno.test("of 50 runs of twins a noise hardly one is confirmed to be slower", () => exerciseConfirming(50));

Deno.test("of 15 planned runs a noise nine of ten find what they were planned for", () =>
  exercisePlanning(15));

Deno.test("of 60 runs a noise that end when they know no more are wrong", () => exerciseDeciding(60));

Deno.test("of 12 comparisons of runs a noise hardly one has a false verdict", () => exerciseSeries(12));
