import { exerciseConfirming, exerciseDeciding, exercisePlanning } from "./testing_compared.ts";

// The full numbers are in compared_all_test.ts.
Deno.test("twins are not confirmed to be slower", () => exerciseConfirming(4));

Deno.test("a planned run finds what it was planned for", () => exercisePlanning(2));

Deno.test("a run that ends when it knows does so early where much changed", () => exerciseDeciding(2));
