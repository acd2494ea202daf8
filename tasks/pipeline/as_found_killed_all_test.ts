import { everythingIsAsFound } from "./testing_as_found.ts";
import { KILLED } from "./testing_ends.ts";
import { WRITING } from "./testing_stories.ts";

Deno.test({
  name: "a user's services are as they were found when a run was killed",
  ignore: Deno.build.os !== "linux",
  fn: (t) => everythingIsAsFound(t, KILLED, { stories: WRITING }),
});
