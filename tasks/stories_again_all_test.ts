import { AGAIN } from "./stories/again.ts";
import { tellStories } from "./stories/tell.ts";

Deno.test("the same run again, as a report writes it, makes the same requests", (t) => tellStories(t, AGAIN));
