import { endLoadEarly } from "./testing_seed.ts";

Deno.test("a load that was interrupted leaves nothing that later looks whole", () => endLoadEarly("SIGINT"));
