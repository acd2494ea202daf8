import { everythingIsAsFound } from "./testing_as_found.ts";
import { SERVER_KILLED } from "./testing_ends.ts";
import { WRITING } from "./testing_stories.ts";

Deno.test({
  name: "a user's services are as they were found when one of them was killed under a run",
  ignore: Deno.build.os !== "linux",
  fn: (t) => everythingIsAsFound(t, SERVER_KILLED, { stories: WRITING }),
});
