import type { Sample } from "../model/run.ts";
import type { FixtureOptions } from "./testing_options.ts";
import { fixtureRandom } from "./testing_random.ts";

/** One sample a second of each source that a real run has. */
export function fixtureSamples(seconds: number, options: FixtureOptions = {}): Sample[] {
  const random = fixtureRandom((options.seed ?? 42) + 1);
  const samples: Sample[] = [];
  for (let second = 0; second <= Math.floor(seconds); second++) {
    const add = (source: Sample["source"], metric: string, value: number, labels = {}) =>
      samples.push({ atUs: second * 1_000_000 + 1500, source, metric, labels, value });
    add("host", "cpu_user", 0.32 + 0.1 * random());
    add("host", "cpu_system", 0.11 + 0.04 * random());
    add("host", "cpu_iowait", 0.01 * random());
    add("host", "cpu_steal", 0.002 * random());
    add("host", "pressure_cpu_some", 0.03 * random());
    add("host", "memory_used_bytes", 2.1e9 + 2e7 * random());
    add("postgres", "transactions", 260 + 40 * random());
    add("postgres", "blocks_hit", 5200 + 900 * random());
    add("postgres", "blocks_read", Math.floor(3 * random()));
    add("redis", "commands", 120 + 30 * random());
    add("redis", "memory_bytes", 4.2e6 + second * 9000);
    add("generator", "gap_ms", 10.4 + 2 * random(), { worker: "0" });
  }
  return samples;
}
