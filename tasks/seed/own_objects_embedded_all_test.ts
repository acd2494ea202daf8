import { withPostgres } from "../stack/testing.ts";
import { tellOwnFromOthers } from "./testing_own_objects.ts";

Deno.test("Benchbook's own objects and others'", (t) => withPostgres((url) => tellOwnFromOthers(t, url)));
