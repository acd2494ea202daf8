import { everythingIsAsFound } from "./testing_as_found.ts";
import { FINISHED } from "./testing_ends.ts";

/** Each end once, of either kind of scenario; a missed SLO ends as a complete run does. All others take longer. */
const ENDS: Readonly<Record<string, readonly string[]>> = {
  "write-heavy": ["complete, with report", "failed proof"],
  "own tables": ["failed question"],
};

Deno.test({
  name: "a user's services are as they were found when a run has ended: the shortest ways",
  ignore: Deno.build.os !== "linux",
  fn: (t) =>
    everythingIsAsFound(t, (story) => FINISHED.filter(({ name }) => ENDS[story]!.includes(name)), {
      stories: ["write-heavy", "own tables"],
    }),
});
