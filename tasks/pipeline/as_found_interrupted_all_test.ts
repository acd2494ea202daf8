import { everythingIsAsFound } from "./testing_as_found.ts";
import { INTERRUPTED_AROUND, INTERRUPTED_WITHIN } from "./testing_ends.ts";
import { inTurnOf, WRITING } from "./testing_stories.ts";

Deno.test({
  name:
    "a user's services are as they were found when a person has ended a run: as it prepares, sends requests or stores",
  ignore: Deno.build.os !== "linux",
  fn: (t) =>
    everythingIsAsFound(
      t,
      (story) => [...inTurnOf(story, INTERRUPTED_AROUND), ...inTurnOf(story, INTERRUPTED_WITHIN)],
      { stories: WRITING },
    ),
});
