import { formatSeconds } from "../model/units.ts";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "../config.ts";
import { ServiceError } from "../model/errors.ts";
import { RedisClient } from "../redis/client.ts";
import { keptSecret } from "./places.ts";
import { onFreePort } from "./ports.ts";
import { launch, type ProcessId, stopProcess } from "./process.ts";
import { findProgram, isExecutable } from "./programs.ts";
import { unpackRedis } from "./redis_packages.ts";
import type { FoundProgram } from "./unpacked_program.ts";
import { sleep } from "../net/sleep.ts";

const START_TIMEOUT_MS = 10_000;

/** What to do where no Redis can be had. */
export const REDIS_ADVICE =
  "Install it (`apt install redis-server`, `brew install redis`), name the program in REDIS_SERVER, or set REDIS_URL.";

export interface EmbeddedRedis {
  readonly process: ProcessId;
  readonly port: number;
}

/** Finds a Redis or Valkey server, fetching the distribution's packages last. A string is the reason why not. */
export async function findRedis(
  config: Config,
  onStep?: (text: string) => void,
  signal?: AbortSignal,
): Promise<FoundProgram | string> {
  if (config.redisServer !== undefined) {
    const path = isExecutable(config.redisServer) ? config.redisServer : findProgram(config.redisServer);
    if (path === null) return `REDIS_SERVER names ${config.redisServer}, which is not a program`;
    return { command: path, libraries: null };
  }
  const command = findProgram("redis-server", "valkey-server");
  if (command !== null) return { command, libraries: null };
  return await unpackRedis(config.home, onStep, signal);
}

/** The URL of the embedded Redis. Holds its password: never print it. */
export function embeddedRedisUrl(home: string, port: number): string {
  return `redis://:${redisPassword(home)}@127.0.0.1:${port}/0`;
}

/**
 * Starts Redis on a free loopback port, or the one that is wanted, and waits until it answers.
 * @throws {ServiceError} with the end of its log.
 */
export async function startRedis(
  home: string,
  program: FoundProgram,
  onStarted: (started: EmbeddedRedis) => void,
  { signal, port: wanted }: { readonly signal?: AbortSignal; readonly port?: number } = {},
): Promise<EmbeddedRedis> {
  const log = join(home, "logs", "redis.log");
  return await onFreePort(async (port) => {
    const conf = join(home, "redis.conf");
    writeFileSync(conf, configuration(home, port), { mode: 0o600 });
    const child = await launch({
      command: program.command,
      args: [conf],
      env: {
        PATH: "/usr/local/bin:/usr/bin:/bin",
        LC_ALL: "C",
        ...(program.libraries === null ? {} : { LD_LIBRARY_PATH: program.libraries }),
      },
      cwd: home,
      log,
    }).catch((error) => {
      // A program that cannot be executed is no Redis either.
      throw failedToStart((error as Error).message, log);
    });
    const started = { process: child.id, port };
    onStarted(started);
    const deadline = performance.now() + START_TIMEOUT_MS;
    while ((await redisVersion(embeddedRedisUrl(home, port))) instanceof Error) {
      if (child.hasEnded()) {
        const tail = child.words();
        if (tail.includes("Address already in use")) return "port taken" as const;
        throw failedToStart(`it ended with ${await child.ended}\n${tail}`, log);
      }
      if (performance.now() > deadline) {
        await stopProcess(child.id, "SIGTERM");
        throw failedToStart(`no answer within ${formatSeconds(START_TIMEOUT_MS / 1000)}`, log);
      }
      await sleep(10, signal);
    }
    return started;
  }, wanted);
}

/** The version that a Redis at this URL reports, or the error with which it cannot be used. */
export async function redisVersion(url: string, timeoutMs = 5_000): Promise<string | Error> {
  const info = await infoOf(url, "server", timeoutMs);
  if (info === null) return "unknown";
  if (info instanceof Error) return info;
  const [, valkey] = /^valkey_version:(\S+)/m.exec(info) ?? [];
  if (valkey !== undefined) return `Valkey ${valkey}`;
  return /^redis_version:(\S+)/m.exec(info)?.[1] ?? "unknown";
}

/** What bounds Benchbook's own Redis. */
export const REDIS_LIMITS = { maxmemory: "256mb", "maxmemory-policy": "allkeys-lru" } as const;

/** Bounds a Redis of Benchbook's own anew that runs already: whoever was killed may have set other limits. */
export async function boundRedis(url: string): Promise<void> {
  const client = new RedisClient(url, 5_000);
  try {
    await client.connect();
    for (const [name, value] of Object.entries(REDIS_LIMITS)) await client.ask("CONFIG", "SET", name, value);
  } finally {
    client.close();
  }
}

/** How full a Redis is. */
export interface RedisMemory {
  readonly usedBytes: number;
  /** 0: it has no limit. */
  readonly maxBytes: number;
  /** Which keys go when it is full; "noeviction": none. */
  readonly policy: string;
}

/** How full a Redis is; null where it does not say. */
export async function redisMemory(url: string, timeoutMs = 5_000): Promise<RedisMemory | null> {
  const info = await infoOf(url, "memory", timeoutMs);
  if (info === null || info instanceof Error) return null;
  const field = (name: string) => new RegExp(`^${name}:(\\S+)`, "m").exec(info)?.[1];
  const [used, max, policy] = [field("used_memory"), field("maxmemory"), field("maxmemory_policy")];
  if (used === undefined || max === undefined || policy === undefined) return null;
  return { usedBytes: Number(used), maxBytes: Number(max), policy: policy.slice(0, 40) };
}

/** A section of INFO; null where the role may not ask for it. */
async function infoOf(url: string, section: string, timeoutMs: number): Promise<string | Error | null> {
  // As the load connects: what it would be refused must be known before.
  const client = new RedisClient(url, timeoutMs);
  try {
    await client.connect();
    const info = await client.ask("INFO", section).catch((error: Error) => {
      if (/^NOPERM|unknown command/i.test(error.message)) return null;
      throw error;
    });
    return info === null || typeof info === "string" ? info : new Error("its answer to INFO is not a text");
  } catch (error) {
    return error as Error;
  } finally {
    client.close();
  }
}

function configuration(home: string, port: number): string {
  return [
    "# Written by Benchbook at every start: changes made here are lost.",
    "bind 127.0.0.1",
    `port ${port}`,
    `requirepass ${redisPassword(home)}`,
    `dir ${JSON.stringify(home)}`,
    "daemonize no",
    // A cache and nothing else: a snapshot in mid-run would show as a latency spike nobody asked about.
    'save ""',
    "appendonly no",
    // Bounded like a production cache. allkeys-lru, not noeviction: a full cache evicts, it does not fail
    // writes. Evictions are sampled, so a run in which they matter shows it.
    ...Object.entries(REDIS_LIMITS).map(([name, value]) => `${name} ${value}`),
    "",
  ].join("\n");
}

function redisPassword(home: string): string {
  return keptSecret(join(home, "secrets", "redis"));
}

function failedToStart(state: string, log: string): ServiceError {
  return new ServiceError(`Cannot start the embedded Redis: ${state}`, `Read ${log}. ${REDIS_ADVICE}`);
}
