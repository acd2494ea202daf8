import { everythingIsAsFound } from "./testing_as_found.ts";
import { FINISHED } from "./testing_ends.ts";

// A missed SLO ends as a complete run does, after everything was taken back; all others take longer.
const ends = FINISHED.filter(({ name }) => name !== "SLO missed");

Deno.test({
  name: "a user's services are as they were found when a run has ended: the shortest ways",
  ignore: Deno.build.os !== "linux",
  fn: (t) => everythingIsAsFound(t, ends, { stories: ["write-heavy", "own tables"] }),
});
