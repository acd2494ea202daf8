import { STORED } from "./stories/stored.ts";
import { tellStories } from "./stories/tell.ts";

Deno.test("report, runs and notebook do what they promise", (t) => tellStories(t, STORED));
