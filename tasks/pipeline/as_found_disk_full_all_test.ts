import { everythingIsAsFound } from "./testing_as_found.ts";
import { DISK_FULL } from "./testing_ends.ts";

Deno.test({
  name: "a user's services are as they were found when a run has filled its disk",
  ignore: Deno.build.os !== "linux",
  // What it owes is taken back as after a kill, which every kind of writes has met.
  fn: (t) => everythingIsAsFound(t, DISK_FULL, { stories: ["access-paths", "own tables"] }),
});
