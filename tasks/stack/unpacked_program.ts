import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { hasApt, librariesIn, unpackPackages } from "./debian_packages.ts";
import { claimHome } from "./home.ts";
import { moveAside } from "./places.ts";
import { runProgram } from "./programs.ts";
import { temporaryFolderIn } from "../files/temporary.ts";

/** A program and the folder of libraries that it needs (null: the system's). */
export interface FoundProgram {
  readonly command: string;
  readonly libraries: string | null;
}

/** A program that the distribution has in packages. */
export interface PackagedProgram {
  /** As people call it. */
  readonly title: string;
  /** Its folder in the home. */
  readonly folder: string;
  /** The program's own first. */
  readonly packages: readonly string[];
  /** Within an unpacked tree. */
  readonly path: string;
  /** Makes it say its version and end. */
  readonly versionOption: string;
}

/**
 * Unpacks the distribution's own packages of a program into the home: nothing is installed and no right of root's is
 * needed, because apt works on lists and a cache of its own. Returns a reason in words where it cannot.
 */
export async function unpackProgram(
  wanted: PackagedProgram,
  home: string,
  onStep: (text: string) => void = () => {},
  signal?: AbortSignal,
): Promise<FoundProgram | string> {
  const folder = join(home, wanted.folder);
  const done = await unpackedProgram(wanted, home);
  if (done !== null) return done;
  if (!hasApt()) {
    return `there is no ${basename(wanted.path)} on PATH, and this system has no apt to fetch one with`;
  }
  claimHome(home);
  mkdirSync(folder, { recursive: true });
  // One at a time: whoever waited here finds what the other unpacked.
  using lock = await Deno.open(join(folder, "lock"), { write: true, create: true });
  await lock.lock(true);
  return await unpackedProgram(wanted, home) ?? await fetchProgram(wanted, folder, onStep, signal);
}

async function fetchProgram(
  wanted: PackagedProgram,
  folder: string,
  onStep: (text: string) => void,
  signal?: AbortSignal,
): Promise<FoundProgram | string> {
  onStep(`Fetching ${wanted.title} from the distribution's packages`);
  const mark = `.benchbook-${wanted.folder}`;
  const target = join(folder, "root");
  using work = temporaryFolderIn(folder, "work-");
  const unpacked = await unpackPackages(wanted.packages, work.path, signal);
  if ("reason" in unpacked) return unpacked.reason;
  const { root } = unpacked;
  writeFileSync(join(root, mark), "Unpacked by Benchbook.\n");
  // One of ours that does not start any more goes; what bears no mark may be somebody's, behind a link of theirs.
  if (existsSync(join(target, mark))) rmSync(target, { recursive: true, force: true });
  else if (existsSync(target)) moveAside(target);
  renameSync(root, target);
  return await programIn(wanted, target) ??
    `the unpacked ${basename(wanted.path)} does not start on this system`;
}

/** The program that was unpacked into this home before, if it starts. */
export function unpackedProgram(wanted: PackagedProgram, home: string): Promise<FoundProgram | null> {
  return programIn(wanted, join(home, wanted.folder, "root"));
}

/** The program inside an unpacked tree, if it starts. */
async function programIn(
  { path, versionOption }: PackagedProgram,
  root: string,
): Promise<FoundProgram | null> {
  const command = join(root, path);
  if (!existsSync(command)) return null;
  const program = { command, libraries: librariesIn(root) };
  const { code } = await runProgram(command, [versionOption], {
    env: { LD_LIBRARY_PATH: program.libraries },
    timeoutMs: 10_000,
  });
  return code === 0 ? program : null;
}
