import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { type Config, readConfig } from "../config.ts";
import { memoryFolder } from "../files/testing_memory.ts";
import { createDatabase } from "./databases.ts";
import { embeddedDatabaseUrl, startPostgres } from "./postgres.ts";
import { claimHome } from "./home.ts";
import { type ProcessId, stopProcess } from "./process.ts";
import { findProgram } from "./programs.ts";
import { embeddedRedisUrl, findRedis, startRedis } from "./redis.ts";
import { unpackRedis } from "./redis_packages.ts";
import type { Stack, StackOptions } from "./services.ts";
import { openStack } from "./stack.ts";
import { type ClusterKind, placeCluster } from "./testing_cluster.ts";
import { sleep } from "../net/sleep.ts";

/** Where a test's home may lie. */
export interface HomeOptions {
  /** Where files usually lie: Deno keeps tasks that may not do everything away from memory. */
  readonly onDisk?: boolean;
}

/** A BENCHBOOK_HOME of its own for a test, removed afterwards. */
export async function withTempHome<T>(
  use: (home: string) => Promise<T>,
  { onDisk = false }: HomeOptions = {},
): Promise<T> {
  const home = mkdtempSync(join(onDisk ? tmpdir() : memoryFolder(), "benchbook-test-"));
  // mkdtemp closes it to others, and the database server may have to run as another user.
  chmodSync(home, 0o711);
  claimHome(home);
  const leash = leashHome(home);
  try {
    return await use(home);
  } finally {
    leash?.ref();
    leash?.kill("SIGKILL");
    await leash?.status;
    await leash?.stdin.abort().catch(() => {});
    await removeWhole(home);
  }
}

/** Who was killed may leave children, which write for a moment more. */
async function removeWhole(home: string): Promise<void> {
  for (let left = 200;; left--) {
    try {
      return rmSync(home, { recursive: true, force: true });
    } catch (error) {
      if (left === 0 || (error as { code?: string }).code !== "ENOTEMPTY") throw error;
      await sleep(50);
    }
  }
}

/** Waits for the end of its input, which only our own end brings; then ends who has a file of the home open. */
const LEASH = `read -r _
for process in /proc/[0-9]*; do
  ls -l "$process/fd" 2>/dev/null | grep -qF " $TEST_HOME/" && kill -9 "\${process#/proc/}"
done
sleep 0.2; rm -rf "$TEST_HOME"`;

/**
 * Services live in sessions of their own, and a test run that is interrupted ends without another word: what it
 * leaves, processes and home, is ended and removed by a shell in a session of its own.
 */
function leashHome(home: string): Deno.ChildProcess | null {
  if (Deno.build.os !== "linux") return null;
  const child = new Deno.Command("sh", {
    args: ["-c", LEASH],
    env: { TEST_HOME: home },
    detached: true,
    stdin: "piped",
    stdout: "null",
    stderr: "null",
  }).spawn();
  child.unref();
  return child;
}

/** A real PostgreSQL for a test. */
export interface TestPostgres {
  readonly url: string;
  readonly home: string;
  readonly process: ProcessId;
  /** Makes a database (once) and returns its URL. */
  database(name: string): Promise<string>;
  /** Makes one as another is by now, to which nobody is connected: far cheaper than to fill it in the same way. */
  copy(name: string, from: string): Promise<string>;
}

/**
 * Runs `use` against a PostgreSQL of its own, on a free port in a temporary home; it is stopped and removed
 * whatever happens. `url` is of an empty database with pg_stat_statements.
 * @param kind what its cluster begins with
 */
export function withPostgres<T>(
  use: (url: string, postgres: TestPostgres) => Promise<T>,
  kind?: ClusterKind,
): Promise<T> {
  return withTempHome(async (home) => {
    let running: ProcessId | undefined;
    await placeCluster(home, kind);
    try {
      const { port, process } = await startPostgres(home, (started) => running = started.process);
      const adminUrl = embeddedDatabaseUrl(home, port, "postgres");
      const url = await createDatabase(adminUrl, "test");
      return await use(url, {
        url,
        home,
        process,
        database: (name) => createDatabase(adminUrl, name),
        copy: (name, from) => copyDatabase(adminUrl, name, from),
      });
    } finally {
      if (running !== undefined) await stopProcess(running, "SIGINT");
    }
  });
}

/** Makes a database that is as another one on its server; returns its URL. */
export async function copyDatabase(adminUrl: string, name: string, from: string): Promise<string> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(`CREATE DATABASE ${name} TEMPLATE ${from}`);
  } finally {
    await client.end();
  }
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/** A real Redis for a test: `url` leads to an empty one. Throws where none is to be had. */
export function withRedis<T>(use: (url: string) => Promise<T>): Promise<T> {
  return withTempHome(async (home) => {
    const config = await testConfig(home);
    const program = await findRedis(config);
    if (typeof program === "string") throw new Error(`Cannot test with Redis: ${program}`);
    let running: ProcessId | undefined;
    try {
      const { port } = await startRedis(home, program, (started) => running = started.process);
      return await use(embeddedRedisUrl(home, port));
    } finally {
      if (running !== undefined) await stopProcess(running, "SIGTERM");
    }
  });
}

/**
 * The whole embedded stack for a test, in a temporary home, whatever the environment names.
 * @param kind what its cluster begins with
 */
export function withStack<T>(
  use: (stack: Stack, config: Config) => Promise<T>,
  need: StackOptions["need"] = { redis: true, graphql: true },
  kind?: ClusterKind,
): Promise<T> {
  return withTempHome(async (home) => {
    const config = await testConfig(home);
    await placeCluster(home, kind);
    const stack = await openStack(config, { owner: "bench", need });
    try {
      return await use(stack, config);
    } finally {
      await stack.stop();
    }
  });
}

/** Gives a home the browser that is unpacked once a checkout, which takes seconds. */
export function placeBrowser(home: string): void {
  const { home: shared } = readConfig();
  for (const each of [shared, home]) claimHome(each);
  mkdirSync(join(shared, "chromium"), { recursive: true });
  symlinkSync(join(shared, "chromium"), join(home, "chromium"));
}

/**
 * A configuration for a test: reports inside the temporary home, no service of the user's. Redis is unpacked
 * once into the checkout's own home and shared from there, because fetching it takes seconds.
 */
export async function testConfig(home: string): Promise<Config> {
  const config = readConfig();
  const shared = join(config.home, "redis");
  if (config.redisServer === undefined && findProgram("redis-server", "valkey-server") === null) {
    claimHome(config.home);
    mkdirSync(shared, { recursive: true });
    await unpackRedis(config.home);
    if (!existsSync(join(home, "redis"))) symlinkSync(shared, join(home, "redis"));
  }
  return {
    ...config,
    home,
    reports: join(home, "reports"),
    databaseUrl: undefined,
    targetDatabaseUrl: undefined,
    redisUrl: undefined,
    graphqlUrl: undefined,
  };
}
