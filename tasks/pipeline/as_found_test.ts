import { everythingIsAsFound } from "./testing_as_found.ts";
import { FINISHED } from "./testing_ends.ts";

Deno.test({
  name: "a user's services are as they were found when a run has ended: the shortest ways",
  ignore: Deno.build.os !== "linux",
  fn: (t) => everythingIsAsFound(t, FINISHED, { stories: ["write-heavy", "own tables"] }),
});
