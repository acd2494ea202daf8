import { PROGRAMS } from "./stories/programs.ts";
import { tellStories } from "./stories/tell.ts";

Deno.test("the programs and places that variables name are taken", (t) => tellStories(t, PROGRAMS));
