import {
  exerciseConfirming,
  exerciseDeciding,
  exercisePlanning,
  exerciseSeries,
} from "./testing_compared.ts";

Deno.test("of 30 runs of twins a noise hardly one is confirmed to be slower", () => exerciseConfirming(30));

Deno.test("of 8 planned runs a noise nine of ten find what they were planned for", () => exercisePlanning(8));

Deno.test("of 20 runs a noise that end when they know no more are wrong", () => exerciseDeciding(20));

Deno.test("of 4 comparisons of runs a noise hardly one has a false verdict", () => exerciseSeries(4));
