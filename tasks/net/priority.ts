/**
 * How soon a thread runs once it is due decides the generator's lag on a machine whose cores are all busy. A
 * thread that only ever works for microseconds may ask Linux (6.12 and later) for a short slice: it is then
 * chosen sooner when it wakes, and gets no more CPU than its share. No privilege is needed. It still waits, for
 * milliseconds now and then: just after it ran, or when the server that it sends to wakes up on its own core.
 * Only real-time priority lets it never wait for an ordinary thread.
 */
const SYS_SCHED_SETATTR: Partial<Record<string, number>> = { x86_64: 314, aarch64: 274 };
/** The shortest slice that Linux takes, nanoseconds. */
const SLICE_NS = 100_000n;
const ATTR_BYTES = 48;

const SCHED_OTHER = 0;
const SCHED_RR = 2;
const SCHED_BATCH = 3;
/** What the thread starts has no such priority. */
const RESET_ON_FORK = 1n;

/**
 * Asks for the lowest real-time priority for the calling thread; true where the kernel gave it: to root, and to
 * users whose limit of real-time priority is 1 or more. Linux leaves ordinary threads a share of each core
 * whatever the thread does.
 */
export function askForRealTime(): boolean {
  return setScheduling({ policy: SCHED_RR, flags: RESET_ON_FORK, priority: 1 });
}

/** Starts something that keeps that priority, where the kernel gives it; the calling thread does not. */
export function lendRealTime<T>(start: () => T): T {
  setScheduling({ policy: SCHED_RR, priority: 1 });
  try {
    return start();
  } finally {
    setScheduling({ policy: SCHED_OTHER });
  }
}

/** Asks for a short slice for the calling thread; true where the kernel took it. It is no error elsewhere. */
export function askForShortSlice(): boolean {
  return setScheduling({ policy: SCHED_OTHER, sliceNs: SLICE_NS });
}

/**
 * Lets the calling thread stand back while `work` is done: it never takes a CPU from another thread by waking
 * up. For progress and sampling, which can wait where a request cannot.
 */
export async function standingBack<T>(work: () => Promise<T>): Promise<T> {
  setScheduling({ policy: SCHED_BATCH });
  try {
    return await work();
  } finally {
    setScheduling({ policy: SCHED_OTHER });
  }
}

interface Scheduling {
  readonly policy: number;
  readonly flags?: bigint;
  /** Of a real-time policy. */
  readonly priority?: number;
  /** Of an ordinary one; 0: the default. */
  readonly sliceNs?: bigint;
}

function setScheduling({ policy, flags = 0n, priority = 0, sliceNs = 0n }: Scheduling): boolean {
  const number = SYS_SCHED_SETATTR[Deno.build.arch];
  if (Deno.build.os !== "linux" || number === undefined) return false;
  try {
    const libc = Deno.dlopen("libc.so.6", {
      syscall: { parameters: ["i64", "i64", "buffer", "i64"], result: "i64" },
    });
    // struct sched_attr: size, policy, flags, nice, priority, runtime (the slice), …
    const attributes = new DataView(new ArrayBuffer(ATTR_BYTES));
    attributes.setUint32(0, ATTR_BYTES, true);
    attributes.setUint32(4, policy, true);
    attributes.setBigUint64(8, flags, true);
    attributes.setUint32(20, priority, true);
    attributes.setBigUint64(24, sliceNs, true);
    const failed = libc.symbols.syscall(BigInt(number), 0n, new Uint8Array(attributes.buffer), 0n);
    libc.close();
    return failed === 0n;
  } catch {
    return false;
  }
}
