import { everythingIsAsFound } from "./testing_as_found.ts";
import { STRUCK } from "./testing_ends.ts";

Deno.test({
  name: "a user's services are as they were found when something else has ended a run",
  ignore: Deno.build.os !== "linux",
  fn: (t) => everythingIsAsFound(t, STRUCK),
});
