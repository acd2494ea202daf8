import { withDebianPostgres } from "../stack/testing_debian.ts";
import { tellOwnFromOthers } from "./testing_own_objects.ts";

Deno.test("Benchbook's own objects and others' on Debian's PostgreSQL, where it is installed", async (t) => {
  await withDebianPostgres((url) => tellOwnFromOthers(t, url));
});
