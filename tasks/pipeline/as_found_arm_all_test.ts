import { everythingIsAsFound } from "./testing_as_found.ts";
import { COMPLETE, INTERRUPTED_WITHIN, KILLED, REFUSED, SERVER_KILLED } from "./testing_ends.ts";

/** A run that ends well, and each way in which it does not where that matters to what it wrote. */
const ENDS: Readonly<Record<string, readonly string[]>> = {
  smoke: ["complete, with report", "kill -9", "PostgreSQL killed"],
  "own tables": ["failed proof", "Ctrl-C in mid-measure", "kill -9"],
};

Deno.test({
  name: "a user's services are as they were found when an arm had a database of its own there",
  ignore: Deno.build.os !== "linux",
  fn: (t) =>
    everythingIsAsFound(
      t,
      (story) =>
        [...COMPLETE, ...REFUSED, ...INTERRUPTED_WITHIN, ...KILLED, ...SERVER_KILLED].filter(({ name }) =>
          ENDS[story]!.includes(name)
        ),
      { stories: ["smoke", "own tables"], twin: true },
    ),
});
