import { BENCH_COMPARED } from "./stories/bench_compared.ts";
import { tellStories } from "./stories/tell.ts";

Deno.test("what bench compares, repeats, plans and confirms comes out as promised", (t) =>
  tellStories(t, BENCH_COMPARED));
