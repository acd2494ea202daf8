import { MIGRATE } from "./stories/migrate.ts";
import { tellStories } from "./stories/tell.ts";

Deno.test("migrations do what they promise", (t) => tellStories(t, MIGRATE));
