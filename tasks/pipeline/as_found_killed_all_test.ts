import { everythingIsAsFound } from "./testing_as_found.ts";
import { KILLED, SERVER_KILLED } from "./testing_ends.ts";
import { WRITING } from "./testing_stories.ts";

/** Keys of a cache have the same names whatever is written beside it: with a GraphQL service, and without. */
const CACHED = ["write-heavy", "access-paths"];

Deno.test({
  name: "a user's services are as they were found when a run was killed, or one of them under a run",
  ignore: Deno.build.os !== "linux",
  fn: (t) =>
    everythingIsAsFound(
      t,
      (story) =>
        [...KILLED, ...SERVER_KILLED].filter(({ needsCache }) => !needsCache || CACHED.includes(story)),
      { stories: WRITING },
    ),
});
