/**
 * How soon a thread runs once it is due decides the generator's lag on a machine whose cores are all busy. A
 * thread that only ever works for microseconds may ask Linux (6.12 and later) for a short slice: it is then
 * chosen sooner when it wakes, and gets no more CPU than its share. No privilege is needed.
 */
const SYS_SCHED_SETATTR: Partial<Record<string, number>> = { x86_64: 314, aarch64: 274 };
/** The shortest slice that Linux takes, nanoseconds. */
const SLICE_NS = 100_000n;
const ATTR_BYTES = 48;

const SCHED_OTHER = 0;
const SCHED_BATCH = 3;

/** Asks for a short slice for the calling thread; true where the kernel took it. It is no error elsewhere. */
export function askForShortSlice(): boolean {
  return setScheduling(SCHED_OTHER, SLICE_NS);
}

/**
 * Lets the calling thread stand back while `work` is done: it never takes a CPU from another thread by waking
 * up. For progress and sampling, which can wait where a request cannot.
 */
export async function standingBack<T>(work: () => Promise<T>): Promise<T> {
  setScheduling(SCHED_BATCH, 0n);
  try {
    return await work();
  } finally {
    setScheduling(SCHED_OTHER, 0n);
  }
}

function setScheduling(policy: number, sliceNs: bigint): boolean {
  const number = SYS_SCHED_SETATTR[Deno.build.arch];
  if (Deno.build.os !== "linux" || number === undefined) return false;
  try {
    const libc = Deno.dlopen("libc.so.6", {
      syscall: { parameters: ["i64", "i64", "buffer", "i64"], result: "i64" },
    });
    // struct sched_attr: size, policy, flags, nice, priority, runtime (the slice; 0: the default), …
    const attributes = new DataView(new ArrayBuffer(ATTR_BYTES));
    attributes.setUint32(0, ATTR_BYTES, true);
    attributes.setUint32(4, policy, true);
    attributes.setBigUint64(24, sliceNs, true);
    const failed = libc.symbols.syscall(BigInt(number), 0n, new Uint8Array(attributes.buffer), 0n);
    libc.close();
    return failed === 0n;
  } catch {
    return false;
  }
}
