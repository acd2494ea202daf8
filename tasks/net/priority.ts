import { openCLibrary } from "./c_library.ts";

/**
 * How soon a thread runs once it is due decides the generator's lag on a machine whose cores are all busy. A
 * thread that only ever works for microseconds may ask Linux (6.12 and later) for a short slice: it is then
 * chosen sooner when it wakes, and gets no more CPU than its share. No privilege is needed. It still waits, for
 * milliseconds now and then: just after it ran, or when the server that it sends to wakes up on its own core.
 * Only real-time priority lets it never wait for an ordinary thread.
 */
const SYSTEM_CALLS: Partial<Record<string, { readonly set: bigint; readonly get: bigint }>> = {
  x86_64: { set: 314n, get: 315n },
  aarch64: { set: 274n, get: 275n },
};
/** The shortest slice that Linux takes, nanoseconds. */
const SLICE_NS = 100_000n;
const ATTR_BYTES = 48;

const SCHED_OTHER = 0;
const SCHED_FIFO = 1;
const SCHED_RR = 2;
const SCHED_BATCH = 3;
/** What the thread starts has no such priority. */
const RESET_ON_FORK = 1n;

/**
 * Asks for the lowest real-time priority for the calling thread; true where the kernel gave it: to root, and to
 * users whose limit of real-time priority is 1 or more. Linux leaves ordinary threads a share of each core
 * whatever the thread does. One that its user gave such a priority already keeps it.
 */
export function askForRealTime(): boolean {
  const before = scheduling();
  if (before === null) return false;
  if (before.policy === SCHED_RR || before.policy === SCHED_FIFO) return true;
  return schedule({ ...before, policy: SCHED_RR, flags: RESET_ON_FORK, priority: 1 });
}

/**
 * Starts something that keeps that priority, where the kernel gives it; the calling thread does not.
 * @param onNote hears, as a sentence, where it does not take it back from the calling thread
 */
export function lendRealTime<T>(start: () => T, onNote: (sentence: string) => void): T {
  const before = scheduling();
  const lent = before !== null && schedule({ ...before, policy: SCHED_RR, priority: 1 });
  try {
    return start();
  } finally {
    if (lent && !schedule(before)) onNote(keptText(before));
  }
}

/** Asks for a short slice for the calling thread; true where the kernel took it. It is no error elsewhere. */
export function askForShortSlice(): boolean {
  const before = scheduling();
  if (before === null || !isOrdinary(before)) return false;
  return schedule({ ...before, sliceNs: SLICE_NS });
}

/**
 * Gives the calling thread batch priority (SCHED_BATCH) while `work` is done: it never takes a CPU from another thread
 * by waking up. For progress and sampling, which can wait where a request cannot. One whose user chose another
 * policy than the usual one is left as it is.
 * @param onNote hears, as a sentence, where it cannot be scheduled as before again
 */
export async function withBatchPriority<T>(
  work: () => Promise<T>,
  onNote: (sentence: string) => void,
): Promise<T> {
  const before = scheduling();
  if (before === null || !isOrdinary(before)) return await work();
  // Where that is refused there is nothing to take back.
  if (!schedule({ ...before, policy: SCHED_BATCH })) return await work();
  try {
    return await work();
  } finally {
    if (!schedule(before)) onNote(keptText(before));
  }
}

/** What to say of a thread whose scheduling was changed and could not be changed back. */
function keptText({ policy, nice }: Scheduling): string {
  const now = scheduling();
  const show = (policy: number, nice: number) => `policy ${policy}, niceness ${nice}`;
  return `A thread of Benchbook could not be scheduled as before again (${
    show(policy, nice)
  }): the system refused it, and ` +
    `it goes on with ${now === null ? "another priority" : show(now.policy, now.nice)}.`;
}

/**
 * Gives the calling thread batch priority (SCHED_BATCH) from now on: it takes no CPU from another thread by waking up.
 * For the clients of a closed loop on a machine that they share with the system under test: a thread that wakes for
 * each single answer and drives the server off its core costs half as much CPU again, and answers fewer. One whose
 * user chose another policy than the usual one is left as it is.
 * @returns whether the kernel took it
 */
export function useBatchPriority(): boolean {
  const before = scheduling();
  return before !== null && isOrdinary(before) && schedule({ ...before, policy: SCHED_BATCH });
}

/** How a thread is scheduled. */
interface Scheduling {
  readonly policy: number;
  readonly flags: bigint;
  /** The user's: how much of a CPU others may take before it. */
  readonly nice: number;
  /** Of a real-time policy. */
  readonly priority: number;
  /** Of an ordinary one; 0: the default. */
  readonly sliceNs: bigint;
}

function isOrdinary({ policy }: Scheduling): boolean {
  return policy === SCHED_OTHER || policy === SCHED_BATCH;
}

/** Of the calling thread; null where the system does not tell. */
function scheduling(): Scheduling | null {
  const attributes = new DataView(new ArrayBuffer(ATTR_BYTES));
  if (!call("get", attributes, BigInt(ATTR_BYTES))) return null;
  return {
    policy: attributes.getUint32(4, true),
    flags: attributes.getBigUint64(8, true),
    nice: attributes.getInt32(16, true),
    priority: attributes.getUint32(20, true),
    sliceNs: attributes.getBigUint64(24, true),
  };
}

/** @returns whether the kernel took it */
function schedule({ policy, flags, nice, priority, sliceNs }: Scheduling): boolean {
  const realTime = policy === SCHED_RR || policy === SCHED_FIFO;
  // struct sched_attr: size, policy, flags, nice, priority, runtime (the slice), …
  const attributes = new DataView(new ArrayBuffer(ATTR_BYTES));
  attributes.setUint32(0, ATTR_BYTES, true);
  attributes.setUint32(4, policy, true);
  attributes.setBigUint64(8, flags, true);
  attributes.setInt32(16, realTime ? 0 : nice, true);
  attributes.setUint32(20, realTime ? priority : 0, true);
  attributes.setBigUint64(24, realTime ? 0n : sliceNs, true);
  return call("set", attributes, 0n);
}

/** sched_setattr or sched_getattr of the calling thread. @param third their third argument: flags, or a size */
function call(name: "set" | "get", attributes: DataView<ArrayBuffer>, third: bigint): boolean {
  const number = SYSTEM_CALLS[Deno.build.arch]?.[name];
  if (Deno.build.os !== "linux" || number === undefined) return false;
  const libc = openCLibrary({
    syscall: { parameters: ["i64", "i64", "buffer", "i64", "i64"], result: "i64" },
  });
  if (libc === null) return false;
  const failed = libc.symbols.syscall(number, 0n, new Uint8Array(attributes.buffer), third, 0n);
  libc.close();
  return failed === 0n;
}
