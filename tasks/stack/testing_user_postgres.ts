import { chownSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import pg from "pg";
import { freePort } from "./ports.ts";
import { clusterPlace, postgresEnvironment } from "./postgres_cluster.ts";
import { type Child, isAlive, launch, stopProcess } from "./process.ts";
import { withTempHome } from "./testing.ts";
import { unprivilegedUser } from "./unprivileged.ts";
import { sleep } from "../net/sleep.ts";

const INSTALLED = "/usr/lib/postgresql";
const PASSWORD = "theirs";
const ATTEMPTS = 300;

/** A PostgreSQL as users have it: a cluster with settings as they come, not Benchbook's. */
export interface UserPostgres {
  /** Of the superuser `postgres` and the database `postgres`. */
  readonly url: string;
  answers(): Promise<boolean>;
  /** SIGKILL, which leaves recovery to the next start. */
  kill(): Promise<void>;
  /** Starts it again on the same port, and waits until it answers. */
  start(): Promise<void>;
}

export interface UserPostgresOptions {
  /** The folder of its programs; the embedded server's where nothing is said. */
  readonly programs?: string;
  /** As in postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** The newest PostgreSQL that Debian's packages have installed, as its folder of programs, or null. */
export function debianPostgres(): string | null {
  if (!existsSync(INSTALLED)) return null;
  const programs = readdirSync(INSTALLED)
    .toSorted((a, b) => Number(b) - Number(a))
    .map((major) => join(INSTALLED, major, "bin"))
    .filter((folder) => existsSync(join(folder, "initdb")) && existsSync(join(folder, "postgres")));
  return programs[0] ?? null;
}

/** Runs `use` against a new cluster of its own, which is stopped and removed whatever happens. */
export function withUserPostgres<T>(
  use: (server: UserPostgres) => Promise<T>,
  options: UserPostgresOptions = {},
): Promise<T> {
  return withTempHome(async (home) => {
    const { programs = dirname(clusterPlace(home).binaries.postgres), settings = {} } = options;
    const user = unprivilegedUser() ?? undefined;
    const data = join(home, "data");
    const passwordFile = join(home, "password");
    mkdirSync(data, { mode: 0o700 });
    writeFileSync(passwordFile, PASSWORD, { mode: 0o600 });
    if (user !== undefined) { for (const path of [data, passwordFile]) chownSync(path, user.uid, user.gid); }
    const run = (program: string, args: readonly string[], awaited: boolean) =>
      launch({
        command: join(programs, program),
        args: ["-D", data, ...args],
        env: postgresEnvironment(),
        cwd: "/",
        log: join(home, `${program}.log`),
        user,
        awaited,
      });
    const made = await run("initdb", [
      "--username=postgres",
      `--pwfile=${passwordFile}`,
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      "--no-sync",
    ], true);
    const how = await made.ended;
    if (how !== "exit code 0") throw new Error(`initdb ended with ${how}: ${made.words()}`);
    const port = freePort();
    const url = `postgres://postgres:${PASSWORD}@127.0.0.1:${port}/postgres`;
    const given = { listen_addresses: "127.0.0.1", unix_socket_directories: "", fsync: "off", ...settings };
    const args = [
      "-p",
      String(port),
      ...Object.entries(given).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
    ];
    let server: Child | undefined;
    const start = async () => {
      server = await run("postgres", args, false);
      for (let left = ATTEMPTS; !await answers(url); left--) {
        if (left === 0) throw new Error(server.words());
        // Children of a server that was killed take a moment to notice, and keep its memory until then.
        if (server.hasEnded()) server = await run("postgres", args, false);
        await sleep(50);
      }
    };
    try {
      await start();
      return await use({
        url,
        start,
        answers: () => answers(url),
        async kill() {
          process.kill(server!.id.pid, "SIGKILL");
          while (isAlive(server!.id)) await sleep(10);
        },
      });
    } finally {
      if (server !== undefined) await stopProcess(server.id, "SIGINT");
    }
  });
}

/** The same with Debian's PostgreSQL; does nothing where it is not installed. */
export async function withDebianPostgres(
  use: (server: UserPostgres) => Promise<void>,
  settings: UserPostgresOptions["settings"] = {},
): Promise<void> {
  const programs = debianPostgres();
  if (programs !== null) await withUserPostgres(use, { programs, settings });
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {});
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}
