import { everythingIsAsFound } from "./testing_as_found.ts";
import { DISK_FULL } from "./testing_ends.ts";
import { WRITING } from "./testing_stories.ts";

Deno.test({
  name: "a user's services are as they were found when a run has filled its disk",
  ignore: Deno.build.os !== "linux",
  fn: (t) => everythingIsAsFound(t, DISK_FULL, { stories: WRITING }),
});
