import { scenarioStories } from "./stories/scenarios.ts";
import { tellStories } from "./stories/tell.ts";

Deno.test("every shipped scenario runs by its name, and leaves nothing behind", (t) =>
  tellStories(t, scenarioStories()));
