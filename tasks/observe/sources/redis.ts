import { counter, gauge, type Metric } from "../../model/metric.ts";
import {
  CACHE_BACKGROUND_LOADS,
  CACHE_CHECKS,
  CACHE_INVALIDATIONS,
  CACHE_REFUSALS,
  CACHE_SLOWEST_LOAD,
} from "../../model/run.ts";
import type { SampleSource } from "../source.ts";

/** What is read of the answer to INFO, by the name of its field. */
const FIELDS: Readonly<Record<string, Metric>> = {
  total_commands_processed: counter("commands", "per second", "commands of all clients", {
    panel: { title: "Redis commands", series: "commands" },
  }),
  used_memory: gauge("memory_bytes", "bytes", "memory that its data takes", {
    panel: { title: "Redis memory", series: "used" },
  }),
  keyspace_hits: counter("hits", "per second", "keys that were looked for and found"),
  keyspace_misses: counter("misses", "per second", "keys that were looked for and not found"),
  evicted_keys: counter("evicted_keys", "per second", "keys evicted", {
    panel: { title: "Redis keys removed", series: "evicted", unlessZero: true },
  }),
  expired_keys: counter("expired_keys", "per second", "keys removed as their time was over", {
    panel: { title: "Redis keys removed", series: "expired", unlessZero: true },
  }),
  total_net_input_bytes: counter("network_in_bytes", "bytes per second", "received from all clients"),
  total_net_output_bytes: counter("network_out_bytes", "bytes per second", "sent to all clients"),
  used_cpu_user: counter("cpu_user", "cores", "CPU time in its own code"),
  used_cpu_sys: counter("cpu_system", "cores", "CPU time in the kernel"),
  connected_clients: gauge("clients", "count", "connections"),
  blocked_clients: gauge("blocked_clients", "count", "clients that wait in a blocking command"),
  mem_fragmentation_ratio: gauge("fragmentation", "ratio", "resident memory by what its data takes"),
};

/** The cache's server, by INFO; and what its clients in the generator had to do without. */
export const REDIS: SampleSource = {
  name: "redis",
  title: "Redis",
  needs: { each: "Redis" },
  periodMs: 1000,
  metrics: [
    ...Object.values(FIELDS),
    gauge(CACHE_REFUSALS, "count", "what the cache of an arm did not do since the sample before", {
      labels: ["arm", "doing", "reason"],
    }),
    gauge(
      CACHE_BACKGROUND_LOADS,
      "count",
      "loads that the cache of an arm began since the sample before and no request waited for",
      { labels: ["arm"] },
    ),
    gauge(
      CACHE_SLOWEST_LOAD,
      "ms",
      "the longest load of what the cache of an arm stored since the sample before",
      {
        labels: ["arm"],
      },
    ),
    ...(["computed", "measured"] as const).map((how) =>
      gauge(CACHE_CHECKS[how], "share", `the hit rate of another cache, ${how}, run with an arm's lookups`, {
        labels: ["arm", "ttl", "memory"],
      })
    ),
    gauge(
      CACHE_INVALIDATIONS,
      "count",
      "tags that writes of an arm gave new versions since the sample before: each outdates all entries of its tag",
      { labels: ["arm"] },
    ),
  ],
  open: async ({ url }, timeoutMs) =>
    new (await import("../redis_reader.ts")).RedisReader(url, timeoutMs, FIELDS),
};
