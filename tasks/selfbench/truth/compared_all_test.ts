import {
  exerciseConfirming,
  exerciseDeciding,
  exercisePlanning,
  exerciseSeries,
} from "./testing_compared.ts";

Deno.test("of 15 runs of twins a noise hardly one is confirmed to be slower", () => exerciseConfirming(15));

Deno.test("of 4 planned runs a noise nine of ten find what they were planned for", () => exercisePlanning(4));

Deno.test("of 10 runs a noise that end when they know no more are wrong", () => exerciseDeciding(10));

Deno.test("of 2 comparisons of runs a noise hardly one has a false verdict", () => exerciseSeries(2));
