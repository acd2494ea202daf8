import { constants } from "node:os";
import { openCLibrary } from "./c_library.ts";

/**
 * The few calls of Linux's C library by which a generator thread waits for its sockets itself. Deno's own sockets
 * cost three to four times as much CPU a request, and their answers and timers wait for one another in an event
 * loop that wakes up a millisecond late.
 */
const SYMBOLS = {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  connect: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
  getsockopt: { parameters: ["i32", "i32", "i32", "buffer", "buffer"], result: "i32" },
  // Results are small: as 64 bits each would come as a BigInt of its own.
  send: { parameters: ["i32", "buffer", "usize", "i32"], result: "i32" },
  recv: { parameters: ["i32", "buffer", "usize", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  epoll_create1: { parameters: ["i32"], result: "i32" },
  epoll_ctl: { parameters: ["i32", "i32", "i32", "buffer"], result: "i32" },
  // epoll_pwait2 by its number: C libraries before 2.35 do not know the name.
  syscall: {
    parameters: ["isize", "isize", "buffer", "isize", "buffer", "isize", "isize"],
    result: "i32",
  },
  gettid: { parameters: [], result: "i32" },
  sched_setaffinity: { parameters: ["i32", "usize", "buffer"], result: "i32" },
  prctl: { parameters: ["i32", "usize"], result: "i32" },
  __errno_location: { parameters: [], result: "pointer" },
} as const satisfies Deno.ForeignLibraryInterface;

/**
 * The library's calls. A 64-bit parameter is a BigInt: a number works too, but the compiled call is thrown away each
 * time and never gets fast.
 */
export type Libc = Deno.StaticForeignLibraryInterface<typeof SYMBOLS>;

/** Numbers that are the same for x86-64 and arm64 Linux, the two that Deno runs on. */
export const Linux = {
  family: { unix: 1, ipv4: 2, ipv6: 10 },
  socketType: { stream: 1, nonblocking: 0o4000, closeOnExec: 0o2000000 },
  tcp: { level: 6, noDelay: 1 },
  socketLevel: { level: 1, error: 4, keepAlive: 9 },
  message: { noSignal: 0x4000 },
  epoll: { closeOnExec: 0o2000000, add: 1, modify: 3, in: 1, out: 4, error: 8, hangUp: 16 },
  timerSlack: { set: 29, get: 30 },
} as const;

/** An epoll_event is packed on x86-64 only: its 64 bits of data begin at 4, else at 8. */
const PACKED = Deno.build.arch === "x86_64";
export const EPOLL_EVENT = { bytes: PACKED ? 12 : 16, dataAt: PACKED ? 4 : 8 } as const;

const EPOLL_PWAIT2 = 441n;
/** Size of a kernel's set of signals. */
const SIGNAL_SET_BYTES = 8n;

const { errno } = constants;
export const AGAIN = errno.EAGAIN;
export const INTERRUPTED = errno.EINTR;
export const IN_PROGRESS = errno.EINPROGRESS;

/**
 * Waits as epoll_pwait2 does.
 * @param timeout struct timespec
 * @returns how many events there are, 0 when the time is over, below 0 for an error
 */
export function waitFor(
  symbols: Libc,
  epoll: bigint,
  events: Uint8Array<ArrayBuffer>,
  capacity: bigint,
  timeout: Uint32Array<ArrayBuffer>,
): number {
  return symbols.syscall(EPOLL_PWAIT2, epoll, events, capacity, timeout, 0n, SIGNAL_SET_BYTES);
}

let opened: Libc | null | undefined;

/** The library; null where a thread cannot wait that way: not Linux, another C library, a kernel before 5.11. */
export function libc(): Libc | null {
  if (opened === undefined) opened = open();
  return opened;
}

function open(): Libc | null {
  if (Deno.build.os !== "linux") return null;
  const symbols = openCLibrary(SYMBOLS)?.symbols;
  if (symbols === undefined) return null;
  // Made now: between a call that fails and the look at why nothing else should happen.
  lastError(symbols);
  const epoll = symbols.epoll_create1(Linux.epoll.closeOnExec);
  if (epoll < 0) return null;
  const waited = waitFor(symbols, BigInt(epoll), new Uint8Array(EPOLL_EVENT.bytes), 1n, new Uint32Array(4));
  symbols.close(epoll);
  return waited === 0 ? symbols : null;
}

let errorNumber: Deno.UnsafePointerView | undefined;

/** Why the last call of this thread failed; to be read before the next one. */
export function lastError(symbols: Libc): number {
  errorNumber ??= new Deno.UnsafePointerView(symbols.__errno_location()!);
  return errorNumber.getInt32();
}

/**
 * The error of a system call, with the name that Node and Deno have for its number as `code`.
 * @param call its name, where the number alone would not say what failed
 */
export function systemError(number: number, call?: string): Error {
  const name = Object.entries(errno).find(([, value]) => value === number)?.[0] ?? `errno ${number}`;
  const what = MESSAGES[name] ?? (call === undefined ? name : "the system refused");
  return Object.assign(new Error(`${call === undefined ? "" : `${call}: `}${what} (${name})`), {
    code: name,
  });
}

/** @throws {Error} naming the call, where its result is below 0 */
export function checked(symbols: Libc, call: string, result: number): number {
  if (result < 0) throw systemError(lastError(symbols), call);
  return result;
}

const MESSAGES: Partial<Record<string, string>> = {
  ECONNREFUSED: "connection refused",
  ECONNRESET: "the server closed the connection",
  EPIPE: "the server closed the connection",
  ETIMEDOUT: "the server does not answer",
  EHOSTUNREACH: "no way to the host",
  ENETUNREACH: "no way to the network",
  ENOENT: "no such socket",
  EMFILE: "too many open files: raise the limit (ulimit -n)",
};
