import { REPOSITORY } from "./stories/repository.ts";
import { tellStories } from "./stories/tell.ts";

Deno.test("test, ok and docs do what they promise", (t) => tellStories(t, REPOSITORY));
