import { chownSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { freePort } from "./ports.ts";
import { postgresEnvironment } from "./postgres_cluster.ts";
import { type Child, launch, stopProcess } from "./process.ts";
import { withTempHome } from "./testing.ts";
import { unprivilegedUser } from "./unprivileged.ts";

const INSTALLED = "/usr/lib/postgresql";
const PASSWORD = "debian";

/** The newest PostgreSQL that Debian's packages have installed, as its folder of programs, or null. */
export function debianPostgres(): string | null {
  if (!existsSync(INSTALLED)) return null;
  const programs = readdirSync(INSTALLED)
    .toSorted((a, b) => Number(b) - Number(a))
    .map((major) => join(INSTALLED, major, "bin"))
    .filter((folder) => existsSync(join(folder, "initdb")) && existsSync(join(folder, "postgres")));
  return programs[0] ?? null;
}

/**
 * Runs `use` against a new cluster of Debian's PostgreSQL with its settings as they come, not Benchbook's. `url`
 * is of the superuser `postgres` and the database `postgres`. Does nothing where it is not installed.
 * @param settings as in postgresql.conf
 */
export async function withDebianPostgres(
  use: (url: string) => Promise<void>,
  settings: Readonly<Record<string, string>> = {},
): Promise<void> {
  const programs = debianPostgres();
  if (programs === null) return;
  await withTempHome(async (home) => {
    const user = unprivilegedUser() ?? undefined;
    const data = join(home, "data");
    const passwordFile = join(home, "password");
    mkdirSync(data, { mode: 0o700 });
    writeFileSync(passwordFile, PASSWORD, { mode: 0o600 });
    if (user !== undefined) { for (const path of [data, passwordFile]) chownSync(path, user.uid, user.gid); }
    const start = (program: string, args: readonly string[], awaited: boolean) =>
      launch({
        command: join(programs, program),
        args: ["-D", data, ...args],
        env: postgresEnvironment(),
        cwd: "/",
        log: join(home, `${program}.log`),
        user,
        awaited,
      });
    const made = await start("initdb", [
      "--username=postgres",
      `--pwfile=${passwordFile}`,
      "--auth=scram-sha-256",
      "--encoding=UTF8",
      "--no-sync",
    ], true);
    const how = await made.ended;
    if (how !== "exit code 0") throw new Error(`initdb ended with ${how}: ${made.words()}`);
    const port = await freePort();
    const given = { listen_addresses: "127.0.0.1", unix_socket_directories: "", fsync: "off", ...settings };
    const server = await start("postgres", [
      "-p",
      String(port),
      ...Object.entries(given).flatMap(([name, value]) => ["-c", `${name}=${value}`]),
    ], false);
    try {
      const url = `postgres://postgres:${PASSWORD}@127.0.0.1:${port}/postgres`;
      await untilItAnswers(url, server);
      await use(url);
    } finally {
      await stopProcess(server.id, "SIGINT");
    }
  });
}

async function untilItAnswers(url: string, server: Child): Promise<void> {
  for (let left = 200;; left--) {
    const client = new pg.Client({ connectionString: url });
    client.on("error", () => {});
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if (left === 0 || server.hasEnded()) throw new Error(server.words(), { cause: error });
      await sleep(50);
    }
  }
}
