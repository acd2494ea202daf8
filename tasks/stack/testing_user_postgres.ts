import { chownSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import process from "node:process";
import pg from "pg";
import { librariesIn } from "./debian_packages.ts";
import { reachableBy } from "./places.ts";
import { freePort } from "./ports.ts";
import { clusterPlace, postgresEnvironment } from "./postgres_cluster.ts";
import { type Child, isAlive, launch, stopProcess } from "./process.ts";
import { runProgram } from "./programs.ts";
import { withTempHome } from "./testing.ts";
import { unprivilegedUser } from "./unprivileged.ts";
import { sleep } from "../net/sleep.ts";

const PASSWORD = "theirs";
const ATTEMPTS = 3000;

/** PostgreSQL's programs, laid out as Debian's packages do it. */
export interface PostgresPrograms {
  readonly major: string;
  /** What they are unpacked into; "/": they are installed. */
  readonly root: string;
}

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
  /** The embedded server's where nothing is said. */
  readonly programs?: PostgresPrograms;
  /** As in postgresql.conf. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** Runs `use` against a new cluster of its own, which is stopped and removed whatever happens. */
export function withUserPostgres<T>(
  use: (server: UserPostgres) => Promise<T>,
  options: UserPostgresOptions = {},
): Promise<T> {
  return withTempHome(async (home) => {
    const { settings = {} } = options;
    const user = unprivilegedUser() ?? undefined;
    const { folder, libraries } = options.programs === undefined
      ? { folder: dirname(clusterPlace(home).binaries.postgres), libraries: "" }
      : await runnable(options.programs, home);
    const data = join(home, "data");
    const passwordFile = join(home, "password");
    mkdirSync(data, { mode: 0o700 });
    writeFileSync(passwordFile, PASSWORD, { mode: 0o600 });
    if (user !== undefined) { for (const path of [data, passwordFile]) chownSync(path, user.uid, user.gid); }
    const run = (program: string, args: readonly string[], awaited: boolean) =>
      launch({
        command: join(folder, program),
        args: ["-D", data, ...args],
        env: { ...postgresEnvironment(), ...libraries !== "" && { LD_LIBRARY_PATH: libraries } },
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

/** Their folder and that of their libraries, where whoever runs them can reach both. */
async function runnable(
  { major, root }: PostgresPrograms,
  home: string,
): Promise<{ readonly folder: string; readonly libraries: string }> {
  const folderIn = (tree: string) => join(tree, "usr/lib/postgresql", major, "bin");
  if (root === "/") return { folder: folderIn(root), libraries: "" };
  const user = unprivilegedUser();
  if (user === null || reachableBy(join(folderIn(root), "postgres"), user)) {
    return { folder: folderIn(root), libraries: librariesIn(root) };
  }
  const copy = join(home, "programs");
  const { code, output } = await runProgram("cp", ["-a", root, copy]);
  if (code !== 0) throw new Error(`Cannot copy ${root}: ${output}`);
  return { folder: folderIn(copy), libraries: librariesIn(copy) };
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
