import { spawn, spawnSync } from "node:child_process";
import { closeSync, fstatSync, mkdirSync, openSync, readFileSync, renameSync, statSync } from "node:fs";
import { dirname } from "node:path";
import process from "node:process";
import { ServiceError } from "../model/errors.ts";
import { optional } from "../files/optional.ts";
import { sleep } from "../net/sleep.ts";

/**
 * A process as the system knows it. A pid alone is reused sooner or later; together with the moment it was
 * started (and the boot that moment belongs to) it names one process for ever.
 */
export interface ProcessId {
  readonly pid: number;
  /** Opaque; equal for equal processes. */
  readonly startedAt: string;
}

/** How a service is asked to end: the first signal, and the one before SIGKILL. */
export type StopSignal = "SIGINT" | "SIGTERM";

/** Whether a value, out of a file of ours, names a process. */
export function isProcessId(value: unknown): value is ProcessId {
  const { pid, startedAt } = (value ?? {}) as Partial<ProcessId>;
  return Number.isSafeInteger(pid) && pid! > 0 && typeof startedAt === "string";
}

/** A child in a session of its own: Ctrl-C in the terminal does not reach it. */
export interface Child {
  readonly id: ProcessId;
  /** Resolves when the child has ended, with its exit code or signal. */
  readonly ended: Promise<string>;
  hasEnded(): boolean;
  /** The last lines of what this child wrote to its log, earlier runs left out. */
  words(lines?: number): string;
}

export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  /** The whole environment of the child: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Where stdout and stderr are appended to. */
  readonly log: string;
  /** Another user to run as; only root can ask for it. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** It ends by itself and we wait for that; a service instead never keeps our own process from ending. */
  readonly awaited?: boolean;
  /** Ends it at once, with the processes of its group. */
  readonly signal?: AbortSignal;
  /** Written to the child's stdin, which is then closed: the way in for secrets. */
  readonly stdin?: string;
}

/** Children of this process that run. */
const launched = new Set<ProcessId>();

/** A log is moved to `.1` before it grows beyond this many bytes. */
const LOG_LIMIT = 5_000_000;

/** The process behind a pid, or null when there is none (a zombie counts as none). */
export function identify(pid: number): ProcessId | null {
  if (!Number.isSafeInteger(pid) || pid <= 0) return null;
  return Deno.build.os === "linux" ? identifyByProc(pid) : identifyByPs(pid);
}

/** True while exactly this process runs. */
export function isAlive(id: ProcessId): boolean {
  const found = identify(id.pid);
  return found !== null && found.startedAt === id.startedAt;
}

/** This very process. */
export function self(): ProcessId {
  return identify(process.pid) ?? { pid: process.pid, startedAt: "unknown" };
}

/**
 * Starts a child in its own session and process group, detached from the terminal.
 * @throws {ServiceError} when the program cannot be started at all; one that ends at once is a child that has ended.
 * @throws {DOMException} `AbortError`, when `signal` is aborted already
 */
export async function launch(options: Launch): Promise<Child> {
  options.signal?.throwIfAborted();
  const log = openLog(options.log);
  const logStart = fstatSync(log).size;
  const child = spawn(options.command, options.args, {
    cwd: options.cwd,
    env: options.env,
    detached: true,
    stdio: [options.stdin === undefined ? "ignore" : "pipe", log, log],
    uid: options.user?.uid,
    gid: options.user?.gid,
  });
  closeSync(log);
  let over = false;
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(signal === null ? `exit code ${code}` : `signal ${signal}`));
  }).then((how) => {
    over = true;
    return how;
  });
  if (child.pid === undefined) {
    throw new ServiceError(`Cannot start ${options.command}: ${await ended}`, `Read ${options.log}.`);
  }
  // One that ended before it could be looked at was a child too, whose words say why.
  const id = identify(child.pid) ?? { pid: child.pid, startedAt: "ended" };
  launched.add(id);
  const abort = () => killGroup(id);
  options.signal?.addEventListener("abort", abort);
  void ended.then(() => {
    launched.delete(id);
    options.signal?.removeEventListener("abort", abort);
  });
  if (options.stdin !== undefined && child.stdin !== null) {
    // A child that ends at once breaks the pipe; `ended` tells that better than a write error.
    child.stdin.on("error", () => {});
    child.stdin.end(options.stdin);
  }
  if (options.awaited !== true) child.unref();
  return { id, ended, hasEnded: () => over, words: (lines) => logTail(options.log, lines, logStart) };
}

/**
 * Ends a process: asks, insists, kills. PostgreSQL's last word before SIGKILL is SIGQUIT, which ends its
 * children too. Returns at once when the process is not the recorded one any more.
 */
export async function stopProcess(
  id: ProcessId,
  signal: StopSignal,
  patienceMs = 3_000,
): Promise<"stopped" | "killed" | "absent"> {
  if (!isAlive(id)) return "absent";
  send(id, signal);
  if (await waitForEnd(id, patienceMs)) return "stopped";
  if (signal === "SIGINT") {
    send(id, "SIGQUIT");
    if (await waitForEnd(id, 1_000)) return "killed";
  }
  send(id, "SIGKILL");
  await waitForEnd(id, 500);
  return "killed";
}

/**
 * Ends a process without patience, and waits for its end without an event loop. PostgreSQL is told to end its
 * children with it.
 * @returns whether it has ended
 */
export function killProcess(id: ProcessId, signal: StopSignal): boolean {
  try {
    if (signal === "SIGINT") {
      send(id, "SIGQUIT");
      if (endsWithin(id, 1_000)) return true;
    }
    send(id, "SIGKILL");
  } catch {
    // It belongs to another user by now: the caller names it.
  }
  return endsWithin(id, 500);
}

/** Kills all children of this process that run, each with its group: none of them may outlive it. */
export function killLaunched(): void {
  for (const id of launched) killGroup(id);
}

function killGroup(id: ProcessId): void {
  if (!isAlive(id)) return;
  try {
    process.kill(-id.pid, "SIGKILL");
  } catch {
    // It has ended in between.
  }
}

/** The last lines of a log from byte `start` on, for an error message. */
export function logTail(path: string, lines = 12, start = 0): string {
  try {
    const text = new TextDecoder().decode(readFileSync(path).subarray(start));
    return text.trimEnd().split("\n").slice(-lines).join("\n");
  } catch {
    return "";
  }
}

async function waitForEnd(id: ProcessId, boundMs: number): Promise<boolean> {
  const deadline = performance.now() + boundMs;
  while (isAlive(id)) {
    if (performance.now() > deadline) return false;
    await sleep(15);
  }
  return true;
}

function endsWithin(id: ProcessId, boundMs: number): boolean {
  const deadline = performance.now() + boundMs;
  const never = new Int32Array(new SharedArrayBuffer(4));
  while (isAlive(id)) {
    if (performance.now() > deadline) return false;
    Atomics.wait(never, 0, 0, 5);
  }
  return true;
}

function send(id: ProcessId, signal: NodeJS.Signals): void {
  if (!isAlive(id)) return;
  try {
    process.kill(id.pid, signal);
  } catch (error) {
    // It ended in between; any other reason shows as "still alive" to the caller.
    if ((error as NodeJS.ErrnoException).code === "EPERM") {
      throw new ServiceError(
        `Cannot stop process ${id.pid}: it belongs to another user`,
        "Run the same task as the user who started it.",
      );
    }
  }
}

function openLog(path: string): number {
  mkdirSync(dirname(path), { recursive: true });
  try {
    if (statSync(path).size > LOG_LIMIT) renameSync(path, `${path}.1`);
  } catch {
    // No log yet.
  }
  try {
    return openSync(path, "a", 0o600);
  } catch (error) {
    throw new ServiceError(
      `Cannot write the log ${path}: ${(error as NodeJS.ErrnoException).code}`,
      "Run as the user it belongs to, or remove it.",
      { cause: error },
    );
  }
}

function identifyByProc(pid: number): ProcessId | null {
  const stat = optional(`/proc/${pid}/stat`);
  if (stat === null) return null;
  // The command name, field 2, may hold spaces and parentheses: count from the last one.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const state = fields[0];
  const startTicks = fields[19];
  if (state === "Z" || state === "X" || startTicks === undefined) return null;
  return { pid, startedAt: `${bootId()}/${startTicks}` };
}

function identifyByPs(pid: number): ProcessId | null {
  const { status, stdout } = spawnSync("ps", ["-o", "stat=,lstart=", "-p", String(pid)], {
    encoding: "utf8",
    env: { PATH: "/bin:/usr/bin", LC_ALL: "C", TZ: "UTC" },
  });
  const [, state, startedAt] = /^\s*(\S+)\s+(.+?)\s*$/.exec(stdout ?? "") ?? [];
  if (status !== 0 || state === undefined || startedAt === undefined || state.startsWith("Z")) return null;
  return { pid, startedAt };
}

let boot: string | undefined;

function bootId(): string {
  return boot ??= optional("/proc/sys/kernel/random/boot_id")?.trim() ?? "boot";
}
