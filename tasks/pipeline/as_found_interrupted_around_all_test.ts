import { everythingIsAsFound } from "./testing_as_found.ts";
import { INTERRUPTED_AROUND } from "./testing_ends.ts";
import { allButOne, WRITING } from "./testing_stories.ts";

Deno.test({
  name: "a user's services are as they were found when a person has ended a run as it prepares or stores",
  ignore: Deno.build.os !== "linux",
  fn: (t) => everythingIsAsFound(t, (story) => allButOne(story, INTERRUPTED_AROUND), { stories: WRITING }),
});
