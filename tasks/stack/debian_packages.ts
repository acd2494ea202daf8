import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { findProgram, runProgram } from "./programs.ts";

/** What packages are made with their libraries: those of Lua are called otherwise. */
const LIBRARIES = /^(lib|lua)/;
/** Always there, and dangerous to take from elsewhere: the C library must be the system's. */
const SYSTEM = new Set(["libc6", "libgcc-s1", "libcrypt1"]);

/** Whether this system has what `unpackPackages` needs. */
export function hasApt(): boolean {
  return ["apt-get", "apt-cache", "dpkg"].every((name) => findProgram(name) !== null);
}

/**
 * Fetches the distribution's packages, with their dependencies as far as these are libraries, and unpacks them: nothing is
 * installed, and apt works on lists and a cache of its own.
 * @param work an empty folder for all of it
 * @param follow names of dependencies that come too
 * @returns the folder that they are unpacked into, or why they are not to be had
 */
export async function unpackPackages(
  names: readonly string[],
  work: string,
  signal?: AbortSignal,
  follow = LIBRARIES,
): Promise<{ readonly root: string } | { readonly reason: string }> {
  const options = aptOptions(work);
  // One source that cannot be reached fails the update as a whole; the download shows what matters.
  const update = await runProgram("apt-get", [...options, "update"], { signal, timeoutMs: 90_000 });
  const packages = await closureOf(names, follow, options, signal);
  if (packages === null) {
    return { reason: `the package ${names[0]} is unknown to apt: ${lastLine(update.output)}` };
  }
  const debs = join(work, "debs");
  mkdirSync(debs, { recursive: true });
  const download = await runProgram("apt-get", [...options, "download", ...packages], {
    cwd: debs,
    signal,
    timeoutMs: 90_000,
  });
  if (download.code !== 0) return { reason: `apt could not download it: ${lastLine(download.output)}` };
  const root = join(work, "root");
  for (const deb of readdirSync(debs).filter((name) => name.endsWith(".deb"))) {
    const unpacked = await runProgram("dpkg", ["-x", join(debs, deb), root], { signal });
    if (unpacked.code !== 0) return { reason: `dpkg could not unpack ${deb}: ${lastLine(unpacked.output)}` };
  }
  return { root };
}

/** The folders of libraries in an unpacked tree, as LD_LIBRARY_PATH takes them. */
export function librariesIn(root: string): string {
  return [join(root, "usr", "lib"), join(root, "lib")].flatMap((lib) =>
    existsSync(lib) ? [lib, ...readdirSync(lib).map((name) => join(lib, name))] : []
  ).filter((folder) => /-linux-gnu[a-z0-9]*$/.test(folder) && existsSync(folder)).join(":");
}

/** Names of the packages to download, or null when apt does not know them. */
async function closureOf(
  roots: readonly string[],
  follow: RegExp,
  options: readonly string[],
  signal?: AbortSignal,
): Promise<string[] | null> {
  const found = new Set<string>();
  let open = roots;
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
      follow.test(name) && !SYSTEM.has(name) && !found.has(name)
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
