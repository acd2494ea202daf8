import { exerciseFalseVerdicts, exercisePower } from "./testing_power.ts";

Deno.test("100 of a quiet machine's default minutes find +10 % in a median and +5 % over all operations", () =>
  exercisePower(100));

Deno.test("of 60 runs of twins a noise no more than one candidate in twenty has a false verdict", () =>
  exerciseFalseVerdicts(60));
