import { Redis } from "ioredis";
import { Rates, type Reading, reading, type Source } from "./source.ts";

/** Counters of INFO that become rates per second, and what they are called then. */
const COUNTERS: Readonly<Record<string, string>> = {
  total_commands_processed: "commands",
  keyspace_hits: "hits",
  keyspace_misses: "misses",
  evicted_keys: "evicted_keys",
  expired_keys: "expired_keys",
  total_net_input_bytes: "network_in_bytes",
  total_net_output_bytes: "network_out_bytes",
  // Seconds of CPU per second: the share of one core.
  used_cpu_user: "cpu_user",
  used_cpu_sys: "cpu_system",
};

const GAUGES: Readonly<Record<string, string>> = {
  used_memory: "memory_bytes",
  connected_clients: "clients",
  blocked_clients: "blocked_clients",
  mem_fragmentation_ratio: "fragmentation",
};

/** Samples Redis by INFO over a connection of its own. */
export class RedisSource implements Source {
  readonly name = "redis";
  readonly unavailable: string[] = [];
  readonly #client: Redis;
  readonly #rates = new Rates();

  constructor(url: string, timeoutMs: number) {
    this.#client = new Redis(url, {
      lazyConnect: true,
      // As the load speaks to it: not every Redis knows HELLO, and nothing here needs it.
      protocol: 2,
      connectionName: "benchbook-observer",
      connectTimeout: timeoutMs,
      commandTimeout: timeoutMs,
      maxRetriesPerRequest: 0,
      // INFO is what a reading asks anyway; a role that may not is said there, and not on the console.
      enableReadyCheck: false,
      // The sampler's own ticks are the retries.
      retryStrategy: () => null,
    });
    // Without a listener ioredis prints to the console; a failed reading says the same.
    this.#client.on("error", () => {});
  }

  async read(atUs: number): Promise<Reading[]> {
    if (this.#client.status === "wait" || this.#client.status === "end") await this.#client.connect();
    const info = parseInfo(await this.#client.info());
    const readings: Reading[] = [];
    for (const [field, metric] of Object.entries(COUNTERS)) {
      const value = info[field];
      const rate = value === undefined ? null : this.#rates.perSecond(metric, value, atUs);
      if (rate !== null) readings.push(reading(metric, rate));
    }
    for (const [field, metric] of Object.entries(GAUGES)) {
      const value = info[field];
      if (value !== undefined) readings.push(reading(metric, value));
    }
    return readings;
  }

  close(): Promise<void> {
    this.#client.disconnect();
    return Promise.resolve();
  }
}

/** The numeric fields of INFO's answer. */
export function parseInfo(text: string): Record<string, number> {
  const fields: Record<string, number> = {};
  for (const line of text.split("\n")) {
    const [, name, value] = /^(\w+):(\d+(?:\.\d+)?)\s*$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) fields[name] = Number(value);
  }
  return fields;
}
