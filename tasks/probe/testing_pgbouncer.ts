import { chownSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { librariesIn, unpackPackages } from "../stack/debian_packages.ts";
import { freePort } from "../stack/ports.ts";
import { launch, stopProcess } from "../stack/process.ts";
import { withTempHome } from "../stack/testing.ts";
import { unprivilegedUser } from "../stack/unprivileged.ts";
import { untilAnswers } from "./testing_standby.ts";

/** Debian's PgBouncer before a server. */
export interface Pgbouncer {
  /** The server's URL, through the pooler. */
  readonly url: string;
}

/** What it is started with: its own settings, e.g. `pool_mode`. */
export type PgbouncerSettings = Readonly<Record<string, string>>;

/** Runs `use` with the folder that Debian's packages of PgBouncer are unpacked into; nothing is installed. */
export function withPgbouncerPackages<T>(use: (root: string) => Promise<T>): Promise<T> {
  return withTempHome(async (home) => {
    const work = join(home, "pgbouncer");
    mkdirSync(work);
    const fetched = await unpackPackages(["pgbouncer"], work);
    if ("reason" in fetched) throw new Error(fetched.reason);
    return await use(fetched.root);
  });
}

/** Runs `use` with a PgBouncer before a server. @param root where it is unpacked */
export function withPgbouncer<T>(
  root: string,
  url: string,
  settings: PgbouncerSettings,
  use: (pooler: Pgbouncer) => Promise<T>,
): Promise<T> {
  return withTempHome(async (home) => {
    const { hostname, port: serverPort, username, password, pathname } = new URL(url);
    const port = freePort();
    const users = join(home, "users.txt");
    const file = join(home, "pgbouncer.ini");
    const given = {
      listen_addr: "127.0.0.1",
      listen_port: String(port),
      unix_socket_dir: "",
      auth_type: "scram-sha-256",
      auth_file: users,
      ...settings,
    };
    writeFileSync(users, `"${username}" "${password}"\n`, { mode: 0o600 });
    writeFileSync(
      file,
      [
        "[databases]",
        `${pathname.slice(1)} = host=${hostname} port=${serverPort}`,
        "[pgbouncer]",
        ...Object.entries(given).map(([name, value]) => `${name} = ${value}`),
        "",
      ].join("\n"),
    );
    const user = unprivilegedUser() ?? undefined;
    if (user !== undefined) { for (const path of [users, file]) chownSync(path, user.uid, user.gid); }
    const server = await launch({
      command: join(root, "usr/sbin/pgbouncer"),
      args: ["--quiet", file],
      env: { LD_LIBRARY_PATH: librariesIn(root) },
      cwd: "/",
      log: join(home, "pgbouncer.log"),
      user,
      awaited: false,
    });
    try {
      const through = new URL(url);
      through.port = String(port);
      through.searchParams.set("sslmode", "disable");
      await untilAnswers(through.href, () => server.words());
      return await use({ url: through.href });
    } finally {
      await stopProcess(server.id, "SIGINT");
    }
  });
}
