import { RedisClient } from "../redis/client.ts";
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
  readonly #url: string;
  readonly #timeoutMs: number;
  readonly #rates = new Rates();
  #client: RedisClient | null = null;

  constructor(url: string, timeoutMs: number) {
    this.#url = url;
    this.#timeoutMs = timeoutMs;
  }

  async read(atUs: number): Promise<Reading[]> {
    let text: string;
    try {
      text = await (await this.#connected()).info();
    } catch (error) {
      // The next reading connects anew: what this server sent behind a wrong answer is not to be taken for another.
      await this.close();
      throw error;
    }
    const info = parseInfo(text);
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
    this.#client?.close();
    this.#client = null;
    return Promise.resolve();
  }

  async #connected(): Promise<RedisClient> {
    if (this.#client !== null) return this.#client;
    const client = this.#client = new RedisClient(this.#url, this.#timeoutMs);
    await client.connect();
    // For who looks at its clients; a role need not be allowed to.
    await client.ask("CLIENT", "SETNAME", "benchbook-observer").catch(() => {});
    return client;
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
