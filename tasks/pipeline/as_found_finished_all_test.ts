import { debianPostgres, NO_DEBIAN_POSTGRES } from "../stack/testing_debian_postgres.ts";
import { everythingIsAsFound } from "./testing_as_found.ts";
import { FINISHED } from "./testing_ends.ts";
import { allButOne, WRITING } from "./testing_stories.ts";

/** Every scenario goes to its end; its other ends are told by what it writes. */
const [COMPLETE, ...OTHERS] = FINISHED;
const endsOf = (story: string) =>
  WRITING.some((name) => name === story) ? [COMPLETE!, ...allButOne(story, OTHERS)] : [COMPLETE!];

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
