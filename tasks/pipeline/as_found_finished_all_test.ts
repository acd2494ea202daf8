import { debianPostgres, NO_DEBIAN_POSTGRES } from "../stack/testing_debian_postgres.ts";
import { everythingIsAsFound } from "./testing_as_found.ts";
import { COMPLETE, REFUSED } from "./testing_ends.ts";
import { inTurnOf } from "./testing_stories.ts";

const [PLAIN, WITH_REPORT] = COMPLETE;
/** What a report leaves is the same of every scenario; of one's own tables it knows the least. */
const REPORTED = ["access-paths", "own tables"];

/** Every scenario goes to its end; its other ends are told by what it writes. */
const endsOf = (story: string) => [
  REPORTED.includes(story) ? WITH_REPORT! : PLAIN!,
  ...inTurnOf(story, REFUSED),
];

// On Debian's PostgreSQL where it is to be had: an older version with other settings.
Deno.test({
  name: "a user's services are as they were found when a run has ended by itself",
  ignore: Deno.build.os !== "linux",
  fn: async (t) =>
    await everythingIsAsFound(
      t,
      endsOf,
      NO_DEBIAN_POSTGRES ? {} : { programs: await debianPostgres() },
    ),
});
