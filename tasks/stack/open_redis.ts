import { NOT_NEEDED } from "../model/run.ts";
import { type Config, redactUrl } from "../config.ts";
import { BenchbookError, ServiceError } from "../model/errors.ts";
import { formatBytes } from "../model/units.ts";
import type { InstanceControl, StartInstance } from "./instance_control.ts";
import {
  boundRedis,
  embeddedRedisUrl,
  findRedis,
  REDIS_ADVICE,
  REDIS_LIMITS,
  type RedisMemory,
  redisMemory,
  redisVersion,
  startRedis,
} from "./redis.ts";
import type { RedisService, StackOptions, Unavailable } from "./services.ts";
import { readRecords, record, stopServices } from "./state.ts";

const IDENTITY = { available: true, name: "redis", service: "redis", role: "cache" } as const;
const SETTINGS = { ...REDIS_LIMITS, save: "", appendonly: "no" };

/** The user's Redis, the one that `up` left, or a new one; a Redis that cannot be had is no error. */
export async function openRedis(
  config: Config,
  options: StackOptions,
  control: InstanceControl,
): Promise<RedisService | Unavailable> {
  if (!options.need.redis) return { available: false, reason: NOT_NEEDED };
  if (config.redisUrl !== undefined) return await openUsersRedis(config.redisUrl, "REDIS_URL");
  const { home } = config;
  const { name } = IDENTITY;
  const start = starterOf(config, options, control);
  control.add(name, start);
  const running = readRecords(home).find((record) => record.name === name);
  if (running !== undefined) {
    const url = embeddedRedisUrl(home, running.port);
    const version = await redisVersion(url, 2_000);
    if (!(version instanceof Error)) {
      await boundRedis(url);
      return { ...IDENTITY, origin: "embedded", url, version, settings: SETTINGS, process: running.process };
    }
    await stopServices(home, [running]);
  }
  try {
    const { port, process } = await start(options.owner);
    const url = embeddedRedisUrl(home, port);
    const version = await redisVersion(url);
    if (version instanceof Error) throw version;
    return { ...IDENTITY, origin: "embedded", url, version, settings: SETTINGS, process };
  } catch (error) {
    options.signal?.throwIfAborted();
    const next = error instanceof BenchbookError && error.next !== undefined ? ` ${error.next}` : "";
    return { available: false, reason: `${sentence((error as Error).message)}${next}` };
  }
}

/** How Benchbook's own Redis is started. @throws {ServiceError} when there is none, or it does not start */
function starterOf(
  config: Config,
  { onStep, signal }: StackOptions,
  { started }: InstanceControl,
): StartInstance {
  const { name } = IDENTITY;
  return async (owner, port) => {
    const program = await findRedis(config, onStep, signal);
    signal?.throwIfAborted();
    if (typeof program === "string") throw new ServiceError(program, REDIS_ADVICE);
    // Nobody follows the steps of a stack that runs.
    if (port === undefined) onStep?.("Starting Redis");
    return await startRedis(config.home, program, ({ port, process }) => {
      started.add(name);
      record(config.home, { name, process, port, stopSignal: "SIGTERM", facts: {} }, owner);
    }, { signal, port });
  };
}

/**
 * A Redis of the user's.
 * @param called as the user knows its URL: "REDIS_URL"
 */
export async function openUsersRedis(url: string, called: string): Promise<RedisService | Unavailable> {
  const unavailable = (why: string) =>
    ({ available: false, reason: `${called} cannot be used: ${why}` }) as const;
  const version = await redisVersion(url);
  const at = new URL(redactUrl(url)).host;
  if (version instanceof Error) return unavailable(`${redisProblem(version, at)}.`);
  const memory = await redisMemory(url);
  const tight = memory === null ? null : tooTight(memory, at, called);
  if (tight !== null) return unavailable(tight);
  const settings: Record<string, string> = memory === null
    ? { maxmemory: "not known: INFO is refused" }
    : { maxmemory: String(memory.maxBytes), "maxmemory-policy": memory.policy };
  return { ...IDENTITY, origin: "user", url, version, settings, process: null };
}

/** So much must be free in a Redis of the user's with a limit: more than a run at ordinary settings stores. */
const ROOM_BYTES = 64 * 1024 * 1024;

/** Why storing entries could cost the user keys of theirs, or the room for them; null where it could not. */
export function tooTight(
  { usedBytes, maxBytes, policy }: RedisMemory,
  at: string,
  called = "REDIS_URL",
): string | null {
  const free = maxBytes - usedBytes;
  if (maxBytes === 0 || free >= ROOM_BYTES) return null;
  const evicts = policy !== "noeviction";
  // One that is full and evicts nothing refuses our entries, and loses none.
  if (!evicts && free <= 0) return null;
  return `${at} has ${formatBytes(Math.max(free, 0))} left of its maxmemory of ${
    formatBytes(maxBytes)
  } (${policy}): ` +
    `what a run stores could ${evicts ? "evict keys of yours" : "take the room that yours need"}. ` +
    `Give it ${
      formatBytes(ROOM_BYTES)
    } of room (maxmemory), or leave ${called} out to use a Redis of Benchbook's own.`;
}

/** What Redis answers to who connects, and what that means. */
const PROBLEMS: readonly (readonly [RegExp, (at: string) => string])[] = [
  [/WRONGPASS|invalid password/, (at) => `wrong user or password at ${at}`],
  [/NOAUTH/, (at) => `${at} asks for a password and the URL has none`],
  [
    /without any password configured|no password is set/,
    (at) => `${at} has no password for that user and the URL gives one: leave it out`,
  ],
  [
    /DENIED|protected mode/i,
    (at) => `${at} is in protected mode and takes connections of its own machine only`,
  ],
  [/max number of clients/, (at) => `${at} takes no more connections (maxclients)`],
  [/LOADING/, (at) => `${at} is still loading its data: try again when it has`],
  [/MASTERDOWN/, (at) => `${at} is a replica that has lost its primary`],
  [/(?:DB|database) index|invalid DB/i, (at) => `${at} has no database of that number`],
  [/cluster mode/, (at) => `${at} is a cluster, which has no database but 0`],
  [/^NOPERM/, (at) => `the user of the URL may not choose that database at ${at}`],
  [/not Redis's protocol/, (at) => `what answers at ${at} is not Redis, or wants TLS (rediss://)`],
];

/** What is wrong with a Redis, in words and without a secret. */
export function redisProblem(error: Error & { code?: string }, at: string): string {
  if (error.code === "ECONNREFUSED") return `connection refused at ${at}`;
  if (error.code === "ENOTFOUND" || error.code === "EAI_AGAIN") return `the host of ${at} is unknown`;
  for (const [pattern, problem] of PROBLEMS) if (pattern.test(error.message)) return problem(at);
  if (/time(d ?)?out|no answer/i.test(`${error.code} ${error.message}`)) {
    return `no answer from ${at} in time`;
  }
  if (/certificate|ssl|tls/i.test(error.message)) return `TLS with ${at} failed`;
  return `no Redis answers at ${at}`;
}

function sentence(text: string): string {
  const trimmed = text.trim().replace(/\.$/, "");
  return `${trimmed.charAt(0).toUpperCase()}${trimmed.slice(1)}.`;
}
