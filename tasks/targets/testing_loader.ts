import { USUAL_CACHE } from "../model/cache_settings.ts";
import { rowEntries } from "./cache_entries.ts";
import { CachedTarget } from "./cached.ts";
import { newCall } from "./target.ts";
import { behind } from "./testing_cached.ts";

/** A process that begins to load an entry and never ends: `testing_loader.ts URL PREFIX`. It says when it has begun. */
const [redisUrl, prefix] = Deno.args;
const cached = new CachedTarget(behind(() => console.log("loading")), {
  redisUrl: redisUrl!,
  prefix: prefix!,
  entries: rowEntries,
  behaviour: { ...USUAL_CACHE, singleFlight: "all" },
  nowUs: () => 0,
  random: () => 0.5,
});
await cached.open();
cached.run(newCall({ operationId: 0, name: "orders", write: false, text: "", parameters: [] }, ["VINET", 1]));
