import { SHOWN } from "./stories/shown.ts";
import { tellStories } from "./stories/tell.ts";

Deno.test("the commands of README and docs do what they promise", (t) => tellStories(t, SHOWN));
