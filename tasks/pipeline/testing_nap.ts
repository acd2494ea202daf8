import assert from "node:assert/strict";
import { join } from "node:path";
import type { RateSearch } from "../model/rate_search.ts";
import type { Called } from "../terminal/testing_in_process.ts";
import type { Workbench } from "./testing.ts";

const SCENARIO = {
  name: "nap",
  title: "A statement that sleeps",
  dataset: { schemas: ["slow"], setup: "setup.sql" },
  workload: "./slow",
  arrivals: "poisson",
  rate: 250,
  duration: 3,
  warmup: 0.2,
  block: 1,
  washout: 0.1,
  timeout: 5,
  paths: ["sql"],
  operations: [{ name: "nap", weight: 1, params: { id: { kind: "integer", min: 1, max: 100 } } }],
  settings: {},
};

const FILES = {
  "own.ts": `export default ${JSON.stringify(SCENARIO)};\n`,
  "setup.sql": "CREATE SCHEMA slow; CREATE TABLE slow.item AS SELECT generate_series(1, 100) AS id;",
  "slow/nap.sql":
    "-- An item, after a nap.\n-- :id integer\nSELECT item.id FROM slow.item, pg_sleep(0.02) WHERE item.id = :id\n",
};

/** Eight connections that are busy for at least 20 ms a request: 400 requests a second, and never more. */
export const BOUND = 400;

/** Writes the scenario's files, and gives the scenario's. */
export async function napScenario({ home }: Workbench): Promise<string> {
  const dir = join(home, "mine");
  await Deno.mkdir(join(dir, "slow"), { recursive: true });
  for (const [name, text] of Object.entries(FILES)) await Deno.writeTextFile(join(dir, name), text);
  return join(dir, "own.ts");
}

/** Of a search that ends after the fewest probes: at the lowest rate that is worth one, and a target that nobody meets. */
export const HOPELESS = "--rate 84 --duration 100ms --no-report --slo p95<1ms".split(" ");

/** Searches the highest rate of a statement that sleeps. */
export async function search(
  bench: Workbench,
  args: readonly string[],
): Promise<Called & { readonly found: RateSearch }> {
  const result = await bench.call("bench", [await napScenario(bench), "--find-rate", "--json", ...args]);
  assert.notEqual(result.stdout, "", result.stderr);
  return { ...result, found: JSON.parse(result.stdout) as RateSearch };
}
