import { everythingIsAsFound } from "./testing_as_found.ts";
import { INTERRUPTED_WITHIN } from "./testing_ends.ts";
import { allButOne, WRITING } from "./testing_stories.ts";

Deno.test({
  name: "a user's services are as they were found when a person has ended a run that sends requests",
  ignore: Deno.build.os !== "linux",
  fn: (t) => everythingIsAsFound(t, (story) => allButOne(story, INTERRUPTED_WITHIN), { stories: WRITING }),
});
