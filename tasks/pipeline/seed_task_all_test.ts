import { endLoadEarly } from "./testing_seed.ts";

Deno.test("a load that was interrupted leaves nothing that later looks whole", () => endLoadEarly("SIGINT"));

Deno.test("a load that was killed leaves nothing that later looks whole", () => endLoadEarly("SIGKILL"));
