import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { claimHome } from "./home.ts";
import { moveAside } from "./places.ts";
import { findProgram, runProgram } from "./programs.ts";
import { temporaryFolderIn } from "../files/temporary.ts";

/** A redis-server and the folder of libraries that it needs (null: the system's). */
export interface RedisProgram {
  readonly command: string;
  readonly libraries: string | null;
}

/** Packages whose dependencies, followed through libraries only, make a redis-server that starts. */
const ROOTS = ["redis-server", "redis-tools"];
/** Lies in a tree that Benchbook has unpacked. */
const MARK = ".benchbook-redis";
/** Always there, and dangerous to take from elsewhere: the C library must be the system's. */
const SYSTEM = new Set(["libc6", "libgcc-s1", "libcrypt1"]);

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
  if (["apt-get", "apt-cache", "dpkg"].some((name) => findProgram(name) === null)) {
    return "there is no redis-server on PATH, and this system has no apt to fetch one with";
  }
  claimHome(home);
  mkdirSync(join(home, "redis"), { recursive: true });
  // One at a time: whoever waited here finds what the other unpacked.
  const lock = await Deno.open(join(home, "redis", "lock"), { write: true, create: true });
  await lock.lock(true);
  try {
    return await unpackedRedis(home) ?? await fetchRedis(home, target, onStep, signal);
  } finally {
    lock.close();
  }
}

async function fetchRedis(
  home: string,
  target: string,
  onStep: (text: string) => void,
  signal?: AbortSignal,
): Promise<RedisProgram | string> {
  onStep("Fetching Redis from the distribution's packages");
  const folder = temporaryFolderIn(join(home, "redis"), "work-");
  const work = folder.path;
  try {
    const options = aptOptions(work);
    // One source that cannot be reached fails the update as a whole; the download shows what matters.
    const update = await runProgram("apt-get", [...options, "update"], { signal, timeoutMs: 90_000 });
    const packages = await libraryClosure(options, signal);
    if (packages === null) return `the package redis-server is unknown to apt: ${lastLine(update.output)}`;
    const debs = join(work, "debs");
    mkdirSync(debs, { recursive: true });
    const download = await runProgram("apt-get", [...options, "download", ...packages], {
      cwd: debs,
      signal,
      timeoutMs: 90_000,
    });
    if (download.code !== 0) return `apt could not download it: ${lastLine(download.output)}`;
    const root = join(work, "root");
    for (const deb of readdirSync(debs).filter((name) => name.endsWith(".deb"))) {
      const unpacked = await runProgram("dpkg", ["-x", join(debs, deb), root], { signal });
      if (unpacked.code !== 0) return `dpkg could not unpack ${deb}: ${lastLine(unpacked.output)}`;
    }
    writeFileSync(join(root, MARK), "Unpacked by Benchbook.\n");
    // One of ours that does not start any more goes; what bears no mark may be somebody's, behind a link of theirs.
    if (existsSync(join(target, MARK))) rmSync(target, { recursive: true, force: true });
    else if (existsSync(target)) moveAside(target);
    renameSync(root, target);
    return await programIn(target) ?? "the unpacked redis-server does not start on this system";
  } finally {
    folder.remove();
  }
}

/** The Redis that was unpacked into this home before, if it starts. */
export function unpackedRedis(home: string): Promise<RedisProgram | null> {
  return programIn(join(home, "redis", "root"));
}

/** The server inside an unpacked tree, if it starts. */
async function programIn(root: string): Promise<RedisProgram | null> {
  const command = join(root, "usr", "bin", "redis-server");
  if (!existsSync(command)) return null;
  const folders = [join(root, "usr", "lib"), join(root, "lib")].flatMap((lib) =>
    existsSync(lib) ? [lib, ...readdirSync(lib).map((name) => join(lib, name))] : []
  ).filter((folder) => /-linux-gnu[a-z0-9]*$/.test(folder) && existsSync(folder));
  const program = { command, libraries: folders.join(":") };
  const { code } = await runProgram(command, ["--version"], {
    env: { LD_LIBRARY_PATH: program.libraries },
    timeoutMs: 10_000,
  });
  return code === 0 ? program : null;
}

/** Names of the packages to download, or null when apt does not know Redis. */
async function libraryClosure(options: readonly string[], signal?: AbortSignal): Promise<string[] | null> {
  const found = new Set<string>();
  let open = ROOTS;
  while (open.length > 0) {
    for (const name of open) found.add(name);
    const { code, stdout } = await runProgram("apt-cache", [
      ...options,
      "depends",
      "--important",
      ...open,
    ], { signal });
    if (code !== 0) return null;
    open = [...new Set(dependencies(stdout))].filter((name) =>
      /^(lib|lua)/.test(name) && !SYSTEM.has(name) && !found.has(name)
    );
  }
  return [...found];
}

/** Package names out of `apt-cache depends`; of alternatives ("|Depends") the first. */
export function dependencies(text: string): string[] {
  const names: string[] = [];
  let alternative = false;
  for (const line of text.split("\n")) {
    const [, bar, name] = /^ +(\|?)(?:Pre)?Depends: (\S+)/.exec(line) ?? [];
    if (name === undefined) continue;
    if (!alternative && !name.startsWith("<")) names.push(name);
    alternative = bar === "|";
  }
  return names;
}

function aptOptions(work: string): string[] {
  const lists = join(work, "lists");
  const cache = join(work, "cache");
  mkdirSync(join(lists, "partial"), { recursive: true });
  mkdirSync(join(cache, "archives", "partial"), { recursive: true });
  // Read after the system's configuration: its hooks clean the system's caches, which are not ours to touch.
  const conf = join(work, "apt.conf");
  writeFileSync(
    conf,
    [
      "#clear APT::Update::Pre-Invoke;",
      "#clear APT::Update::Post-Invoke;",
      "#clear APT::Update::Post-Invoke-Success;",
      `Dir::State::Lists "${lists}";`,
      `Dir::Cache "${cache}";`,
      'Acquire::Languages "none";',
      // Catalogues of desktop programs, a third of the download, where a system has them switched on.
      'Acquire::IndexTargets::deb::DEP-11::DefaultEnabled "false";',
      'Acquire::Retries "2";',
      'Acquire::http::Timeout "20";',
      'Acquire::https::Timeout "20";',
      // Root's apt drops to the user _apt, who cannot write here.
      ...(process.getuid?.() === 0 ? ['APT::Sandbox::User "root";'] : []),
      "",
    ].join("\n"),
  );
  return ["-c", conf, "-q"];
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
