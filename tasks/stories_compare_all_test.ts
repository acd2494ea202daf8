import { COMPARE } from "./stories/compare.ts";
import { tellStories } from "./stories/tell.ts";

Deno.test("compare does what it promises", (t) => tellStories(t, COMPARE));
