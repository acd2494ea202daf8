import { execFileSync } from "node:child_process";
import { join } from "node:path";
import process from "node:process";

/** A name whose address a test changes, as those see it who are started with `prefix`. */
export interface OwnHosts {
  readonly name: string;
  /** Begins the command line of who is to see it. */
  readonly prefix: readonly string[];
  /** From now on the name stands for another address. */
  pointTo(address: Address): void;
}

/** Of one length: they are overwritten at once. */
type Address = "127.0.0.1" | "127.0.0.2";

const NAME = "db.benchbook.test";

/**
 * Gives the name of a host that stands for 127.0.0.1 until it is pointed elsewhere, by an /etc/hosts that only those see who are
 * started with `prefix`: the system's own resolver reads it. Null where this system lets nobody have one.
 */
export async function withOwnHosts<T>(use: (hosts: OwnHosts | null) => Promise<T>): Promise<T> {
  const folder = Deno.makeTempDirSync();
  const path = join(folder, "hosts");
  const line = (address: Address) => new TextEncoder().encode(`${address} ${NAME}\n`);
  Deno.writeFileSync(path, line("127.0.0.1"));
  const prefix = [
    ...["unshare", process.getuid?.() === 0 ? "-m" : "-rm", "sh", "-c"],
    ...[`mount --bind "$0" /etc/hosts && exec "$@"`, path],
  ];
  try {
    return await use(mayHave(prefix) ? { name: NAME, prefix, pointTo } : null);
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }

  function pointTo(address: Address): void {
    // The file stays the same one, and is never without the name.
    using file = Deno.openSync(path, { write: true });
    file.writeSync(line(address));
  }
}

function mayHave([program, ...args]: readonly string[]): boolean {
  try {
    return execFileSync(program!, [...args, "cat", "/etc/hosts"], { stdio: "pipe" }).toString().includes(
      NAME,
    );
  } catch {
    return false;
  }
}
