import { chownSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { sleep } from "../net/sleep.ts";
import { freePort } from "../stack/ports.ts";
import { clusterPlace, postgresEnvironment } from "../stack/postgres_cluster.ts";
import { launch, stopProcess } from "../stack/process.ts";
import { runProgram } from "../stack/programs.ts";
import { withTempHome } from "../stack/testing.ts";
import { unprivilegedUser } from "../stack/unprivileged.ts";

/** A machine that has other work to do may take minutes where an idle one takes a moment. */
const ATTEMPTS = 10_000;

/** A physical replica of a test's server. */
export interface Standby {
  readonly url: string;
  /** It takes no more from its primary. */
  detach(): Promise<void>;
  /** Makes it a primary, and waits until it is. */
  promote(): Promise<void>;
}

/** Runs `use` with a replica of a server, of which it is a copy of the files: the embedded programs have no pg_basebackup. */
export function withStandby<T>(primary: string, use: (standby: Standby) => Promise<T>): Promise<T> {
  return withTempHome(async (home) => {
    const data = join(home, "data");
    await copyCluster(primary, data);
    const { port: from, password, username } = new URL(primary);
    writeFileSync(
      join(data, "postgresql.auto.conf"),
      `primary_conninfo = 'host=127.0.0.1 port=${from} user=${username} password=${password}'\n`,
    );
    writeFileSync(join(data, "standby.signal"), "");
    const user = unprivilegedUser() ?? undefined;
    const own = ["postgresql.auto.conf", "standby.signal", "backup_label"].map((name) => join(data, name));
    if (user !== undefined) { for (const path of own) chownSync(path, user.uid, user.gid); }
    const port = freePort();
    const url = new URL(primary);
    url.port = String(port);
    const server = await launch({
      command: clusterPlace(home).binaries.postgres,
      args: [
        "-D",
        data,
        "-p",
        String(port),
        "-c",
        "listen_addresses=127.0.0.1",
        "-c",
        "unix_socket_directories=",
      ],
      env: postgresEnvironment(),
      cwd: "/",
      log: join(home, "standby.log"),
      user,
      awaited: false,
    });
    const ask = <Row extends pg.QueryResultRow>(sql: string) => asked<Row>(url.href, sql);
    const until = async (sql: string) => {
      for (let left = ATTEMPTS;; left--) {
        const row = await ask<{ is: boolean }>(sql).catch((error) => {
          if (left === 0) throw error;
          return [];
        });
        if (row[0]?.is) return;
        if (left === 0) throw new Error(`never so: ${sql}: ${server.words()}`);
        await sleep(25);
      }
    };
    try {
      await until("SELECT count(*) > 0 AS is FROM pg_stat_wal_receiver WHERE status = 'streaming'");
      return await use({
        url: url.href,
        async detach() {
          await ask("ALTER SYSTEM SET primary_conninfo = ''");
          await ask("SELECT pg_reload_conf()");
          await until("SELECT count(*) = 0 AS is FROM pg_stat_wal_receiver");
        },
        async promote() {
          await ask("SELECT pg_promote(wait => true)");
          await until("SELECT NOT pg_is_in_recovery() AS is");
        },
      });
    } finally {
      await stopProcess(server.id, "SIGINT");
    }
  });
}

/** A statement's rows, over a connection of its own. */
export async function asked<Row extends pg.QueryResultRow>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => {});
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Waits until a server, or what stands before one, answers. @param words what it said, where it does not */
export async function untilAnswers(url: string, words: () => string): Promise<void> {
  for (let left = ATTEMPTS;; left--) {
    const answered = await asked(url, "SELECT 1").then(() => true, () => false);
    if (answered) return;
    if (left === 0) throw new Error(words());
    await sleep(25);
  }
}

async function copyCluster(primary: string, data: string): Promise<void> {
  const client = new pg.Client({ connectionString: primary });
  await client.connect();
  try {
    const { rows: [place] } = await client.query<{ data_directory: string }>("SHOW data_directory");
    await client.query("SELECT pg_backup_start('test', fast => true)");
    // A file that goes while it is copied makes cp complain, and is none that the copy needs.
    await runProgram("cp", ["-a", place!.data_directory, data]);
    const { rows: [stopped] } = await client.query<{ labelfile: string }>(
      "SELECT labelfile FROM pg_backup_stop(wait_for_archive => false)",
    );
    for (const name of ["postmaster.pid", "postmaster.opts"]) rmSync(join(data, name), { force: true });
    writeFileSync(join(data, "backup_label"), stopped!.labelfile);
  } finally {
    await client.end();
  }
}
