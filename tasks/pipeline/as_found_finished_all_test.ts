import { debianPostgres } from "../stack/testing_user_postgres.ts";
import { everythingIsAsFound } from "./testing_as_found.ts";
import { FINISHED } from "./testing_ends.ts";

// On Debian's PostgreSQL, where it is installed: an older version with other settings.
Deno.test({
  name: "a user's services are as they were found when a run has ended by itself",
  ignore: Deno.build.os !== "linux",
  fn: (t) => everythingIsAsFound(t, FINISHED, { programs: debianPostgres() ?? undefined }),
});
