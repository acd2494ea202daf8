import { BENCH } from "./stories/bench.ts";
import { tellStories } from "./stories/tell.ts";

Deno.test("the options of bench do what they promise", (t) => tellStories(t, BENCH));
