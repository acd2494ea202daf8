import assert from "node:assert/strict";
import { dirname, join, resolve } from "node:path";
import { Redis } from "ioredis";
import { Client } from "pg";
import {
  type PostgresPrograms,
  type UserPostgres,
  withUserPostgres,
} from "../stack/testing_user_postgres.ts";
import { type UserRedis, withUserRedis } from "../stack/testing_user_redis.ts";
import type { Look } from "../testing/facts.ts";
import { findProcesses } from "../testing/look_at_processes.ts";
import { lookAround } from "../testing/surroundings.ts";
import { withWorkbench, type Workbench } from "./testing.ts";
import { foldersEnvironment, furnishFolders, lookAtFolders } from "./testing_user_folders.ts";

const DATABASE = "shop";
const TEMPLATE = "shop_as_found";
/** With the same data, for an arm. */
const TWIN = "shop_twin";
/** One of theirs that no task is told of, with a table that bears the name of one that runs write into. */
const OTHER = "ledger";
const LEDGER =
  `CREATE SCHEMA northwind; CREATE TABLE northwind.orders (order_id integer PRIMARY KEY, paid boolean);
  INSERT INTO northwind.orders VALUES (1, true), (1000000001, false)`;
const queries = resolve(import.meta.dirname!, "../../queries");

/**
 * Services that a user lives from, with data of Benchbook's and of their own, and among their folders a workbench that
 * no cluster of Benchbook's own belongs to.
 */
export interface UserLand {
  readonly bench: Workbench;
  /** Theirs, for files that a test writes. */
  readonly folder: string;
  readonly postgres: UserPostgres;
  readonly redis: UserRedis;
  /** What tasks are told of it. */
  readonly env: Readonly<Record<string, string>>;
  /** The file of an arm that asks a database of its own; null without one. */
  readonly armFile: string | null;
  /** All that a run could have touched. */
  look(): Promise<Look>;
  /** As it was in the beginning, whatever has happened. */
  restore(): Promise<void>;
  /** Their own program connects, with a transaction and a lock that it holds on to. */
  connect(): Promise<void>;
}

/** What is to be there. */
export interface UserLandOptions {
  /** PostgreSQL's; the embedded ones where nothing is said. */
  readonly programs?: PostgresPrograms;
  /** Whether there is a second database with the same data, for an arm. */
  readonly twin?: boolean;
}

export function withUserLand(
  use: (land: UserLand) => Promise<void>,
  { programs, twin = false }: UserLandOptions = {},
): Promise<void> {
  return withUserPostgres(
    (postgres) =>
      withUserRedis((redis) =>
        withWorkbench((bench) => settle({ postgres, redis, bench, twin }, use), {
          untouched: true,
          apart: true,
        })
      ),
    { programs },
  );
}

async function settle(
  { postgres, redis, bench, twin }: Pick<UserLand, "postgres" | "redis" | "bench"> & {
    readonly twin: boolean;
  },
  use: (land: UserLand) => Promise<void>,
): Promise<void> {
  const url = databaseUrl(postgres.url, DATABASE);
  const { folder } = bench;
  furnishFolders(folder);
  const env = { ...foldersEnvironment(folder), DATABASE_URL: url, REDIS_URL: redis.url };
  await query(postgres.url, `CREATE DATABASE ${DATABASE}`);
  for (const dataset of ["northwind", "events"]) {
    const { code, stderr } = await bench.call("seed", ["--dataset", dataset, "--scale", "tiny"], env);
    assert.equal(code, 0, stderr);
  }
  await query(url, Deno.readTextFileSync(join(queries, "testing/user_database.sql")));
  // Nobody's to connect to, so that it is not looked at again beside what it is a copy of.
  await query(postgres.url, `CREATE DATABASE ${TEMPLATE} TEMPLATE ${DATABASE} ALLOW_CONNECTIONS false`);
  const copies = twin ? [DATABASE, TWIN] : [DATABASE];
  if (twin) await query(postgres.url, `CREATE DATABASE ${TWIN} TEMPLATE ${DATABASE}`);
  const armFile = twin ? join(folder, "project/twin.json") : null;
  if (armFile !== null) {
    await Deno.mkdir(dirname(armFile), { recursive: true });
    Deno.writeTextFileSync(armFile, JSON.stringify({ databaseUrl: databaseUrl(postgres.url, TWIN) }));
  }
  await query(postgres.url, `CREATE DATABASE ${OTHER}`);
  await query(databaseUrl(postgres.url, OTHER), LEDGER);
  let theirs: Client | undefined;
  const land: UserLand = {
    bench,
    folder,
    postgres,
    redis,
    env,
    armFile,
    look: async () =>
      new Map([
        ...await lookAround({
          postgres: { url, databases: "all" },
          redis: redis.url,
          processes: { folder, environment: `BENCHBOOK_HOME=${bench.home}` },
        }),
        ...lookAtFolders(bench),
      ]),
    async restore() {
      await theirs?.end().catch(() => {});
      for (const { pid } of findProcesses({ folder })) kill(pid);
      for (const folder of ["spool", "undo"]) {
        await Deno.remove(join(bench.home, folder), { recursive: true }).catch(() => {});
      }
      // The lock of who was killed is free; its file would be told as changed by the next.
      await Deno.truncate(join(bench.home, "bench.lock")).catch(() => {});
      if (!await redis.answers()) await redis.start();
      if (!await postgres.answers()) await postgres.start();
      for (const copy of copies) {
        await query(postgres.url, `DROP DATABASE ${copy} WITH (FORCE)`);
        await query(postgres.url, `CREATE DATABASE ${copy} TEMPLATE ${TEMPLATE}`);
      }
      await fillRedis(redis.url);
      await land.connect();
    },
    async connect() {
      theirs = new Client({ connectionString: url, application_name: "their-program" });
      theirs.on("error", () => {});
      await theirs.connect();
      await theirs.query("SELECT pg_advisory_lock(4711)");
      await theirs.query("BEGIN");
      await theirs.query("SELECT count(*) FROM shop.notes");
    },
  };
  try {
    await fillRedis(redis.url);
    await land.connect();
    await use(land);
  } finally {
    await theirs?.end().catch(() => {});
  }
}

async function fillRedis(url: string): Promise<void> {
  const redis = new Redis(url);
  try {
    await redis.flushall();
    await redis.set("session:1", "Ada");
    // A name near those that Benchbook gives.
    await redis.set("benchbook", "a folder of theirs");
    await redis.rpush("queue", "one", "two");
    await redis.select(2);
    await redis.hset("basket:7", { apples: "3" });
  } finally {
    await redis.quit();
  }
}

function databaseUrl(url: string, name: string): string {
  const to = new URL(url);
  to.pathname = `/${name}`;
  return to.href;
}

async function query(url: string, sql: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

function kill(pid: number): void {
  try {
    Deno.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
