import { join } from "node:path";
import { noFile, readSmallText } from "../files/small_file.ts";
import { ServiceError } from "../model/errors.ts";
import { claimHome, writeProblem } from "./home.ts";
import { moveAside } from "./places.ts";
import { isAlive, isProcessId, type ProcessId, self } from "./process.ts";

/** Who holds a home: written into the lock file for the one who is refused. */
export interface LockHolder {
  readonly process: ProcessId;
  /** What it does, as a person would say it: "bench access-paths". */
  readonly what: string;
  readonly since: string;
}

export interface HomeLock extends Disposable {
  /** Gives the home free. Calling it twice is harmless. */
  release(): void;
}

/**
 * Takes the exclusive lock of a BENCHBOOK_HOME. The kernel's file lock decides, so the lock of a process that
 * was killed is free at once and no stale file can block; the content only says who holds it. The file itself
 * stays: removing it would let two processes lock two files of one name.
 * @throws {ServiceError} naming the holder, or when the home cannot be written to.
 * @throws {UsageError} when the home is a folder of somebody else's.
 */
export function acquireLock(home: string, what: string): HomeLock {
  claimHome(home);
  const path = lockPath(home);
  if (isNoFile(path)) moveAside(path);
  const file = openLock(home, path);
  if (!file.tryLockSync(true)) {
    file.close();
    const holder = readHolder(path);
    throw new ServiceError(
      `Cannot run ${what} now: ${
        holder === null
          ? "another task"
          : `"${holder.what}" (process ${holder.process.pid}, since ${holder.since})`
      } is using ${home}`,
      "Wait until it has ended or stop it; another BENCHBOOK_HOME can be used at the same time.",
    );
  }
  const holder: LockHolder = { process: self(), what, since: new Date().toISOString() };
  file.truncateSync();
  file.writeSync(new TextEncoder().encode(`${JSON.stringify(holder)}\n`));
  let held = true;
  const release = () => {
    if (!held) return;
    held = false;
    file.truncateSync();
    giveFree(file);
  };
  return { release, [Symbol.dispose]: release };
}

function openLock(home: string, path: string): Deno.FsFile {
  try {
    return Deno.openSync(path, { read: true, write: true, create: true, mode: 0o644 });
  } catch (error) {
    throw writeProblem(error, home);
  }
}

/** What the lock file says about a home: free, held by a live process, or left behind by a dead one. */
export function inspectLock(home: string): { state: "free" | "held" | "stale"; holder: LockHolder | null } {
  const path = lockPath(home);
  if (isNoFile(path)) return { state: "free", holder: null };
  const holder = readHolder(path);
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path, { read: true, write: true });
  } catch {
    return { state: "free", holder: null };
  }
  try {
    if (!file.tryLockSync(true)) return { state: "held", holder };
    return { state: holder !== null && !isAlive(holder.process) ? "stale" : "free", holder };
  } finally {
    giveFree(file);
  }
}

/**
 * Unlocks by name, not by closing alone: a program that another thread is just starting holds a copy of every
 * open file until it runs, and with it the lock.
 */
function giveFree(file: Deno.FsFile): void {
  file.unlockSync();
  file.close();
}

function lockPath(home: string): string {
  return join(home, "bench.lock");
}

/** A folder, a pipe or the like in the place of the lock file. */
function isNoFile(path: string): boolean {
  try {
    return noFile(Deno.statSync(path)) !== null;
  } catch {
    return false;
  }
}

function readHolder(path: string): LockHolder | null {
  try {
    const holder = JSON.parse(readSmallText(path)) as Partial<LockHolder> | null;
    const { process, what, since } = holder ?? {};
    if (!isProcessId(process) || typeof what !== "string" || typeof since !== "string") return null;
    return { process, what, since };
  } catch {
    return null;
  }
}
