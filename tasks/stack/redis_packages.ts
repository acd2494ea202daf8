import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { hasApt, librariesIn, unpackPackages } from "./debian_packages.ts";
import { claimHome } from "./home.ts";
import { moveAside } from "./places.ts";
import { runProgram } from "./programs.ts";
import { temporaryFolderIn } from "../files/temporary.ts";

/** A redis-server and the folder of libraries that it needs (null: the system's). */
export interface RedisProgram {
  readonly command: string;
  readonly libraries: string | null;
}

const PACKAGES = ["redis-server", "redis-tools"];
/** Lies in a tree that Benchbook has unpacked. */
const MARK = ".benchbook-redis";

/**
 * Unpacks the distribution's own Redis packages into the home: nothing is installed and no right of root's is
 * needed, because apt works on lists and a cache of its own. Returns a reason in words where it cannot.
 */
export async function unpackRedis(
  home: string,
  onStep: (text: string) => void = () => {},
  signal?: AbortSignal,
): Promise<RedisProgram | string> {
  const target = join(home, "redis", "root");
  const done = await programIn(target);
  if (done !== null) return done;
  if (!hasApt()) {
    return "there is no redis-server on PATH, and this system has no apt to fetch one with";
  }
  claimHome(home);
  mkdirSync(join(home, "redis"), { recursive: true });
  // One at a time: whoever waited here finds what the other unpacked.
  using lock = await Deno.open(join(home, "redis", "lock"), { write: true, create: true });
  await lock.lock(true);
  return await unpackedRedis(home) ?? await fetchRedis(home, target, onStep, signal);
}

async function fetchRedis(
  home: string,
  target: string,
  onStep: (text: string) => void,
  signal?: AbortSignal,
): Promise<RedisProgram | string> {
  onStep("Fetching Redis from the distribution's packages");
  using folder = temporaryFolderIn(join(home, "redis"), "work-");
  const unpacked = await unpackPackages(PACKAGES, folder.path, signal);
  if ("reason" in unpacked) return unpacked.reason;
  const { root } = unpacked;
  writeFileSync(join(root, MARK), "Unpacked by Benchbook.\n");
  // One of ours that does not start any more goes; what bears no mark may be somebody's, behind a link of theirs.
  if (existsSync(join(target, MARK))) rmSync(target, { recursive: true, force: true });
  else if (existsSync(target)) moveAside(target);
  renameSync(root, target);
  return await programIn(target) ?? "the unpacked redis-server does not start on this system";
}

/** The Redis that was unpacked into this home before, if it starts. */
export function unpackedRedis(home: string): Promise<RedisProgram | null> {
  return programIn(join(home, "redis", "root"));
}

/** The server inside an unpacked tree, if it starts. */
async function programIn(root: string): Promise<RedisProgram | null> {
  const command = join(root, "usr", "bin", "redis-server");
  if (!existsSync(command)) return null;
  const program = { command, libraries: librariesIn(root) };
  const { code } = await runProgram(command, ["--version"], {
    env: { LD_LIBRARY_PATH: program.libraries },
    timeoutMs: 10_000,
  });
  return code === 0 ? program : null;
}
