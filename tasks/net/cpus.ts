import { isFolder } from "../files/entry.ts";
import { optional } from "../files/optional.ts";
import { libc } from "./libc.ts";

/** Bytes of a set of CPUs: room for 1,024, as in C libraries. */
const SET_BYTES = 128;

/** The CPUs that this process may use, where Linux tells; else none. */
export function allowedCpus(): number[] {
  const status = optional("/proc/self/status") ?? "";
  return cpuList(/^Cpus_allowed_list:\s*(\S+)$/m.exec(status)?.[1] ?? "");
}

/** Reads a list as Linux writes it: "0-2,5" is 0, 1, 2 and 5. */
export function cpuList(text: string): number[] {
  return text.split(",").filter((range) => range !== "").flatMap((range) => {
    const [first, last = first] = range.split("-").map(Number) as [number, number?];
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}

/**
 * Keeps a thread to some CPUs.
 * @param id 0: this one
 * @returns whether the system did; not where the thread has ended, or the CPU was taken away meanwhile
 */
export function pin(id: number, ...cpus: readonly number[]): boolean {
  const set = new Uint8Array(SET_BYTES);
  for (const cpu of cpus) set[cpu >> 3]! |= 1 << (cpu & 7);
  return libc()!.sched_setaffinity(id, BigInt(SET_BYTES), set) === 0;
}

/**
 * Lets a thread onto more CPUs again.
 * @param id as for `pin`
 * @returns null, or where it stays on fewer: that, as a sentence; of a thread that has ended there is nothing to say
 */
export function unpin(id: number, cpus: readonly number[]): string | null {
  if (pin(id, ...cpus) || !isThread(id)) return null;
  return `A thread of the generator could not be let onto the CPUs ${
    cpus.join(", ")
  } again: the system refused it, and ` +
    "it stays on one.";
}

function isThread(id: number): boolean {
  return isFolder(`/proc/self/task/${id === 0 ? threadId() : id}`);
}

/** What the system knows this thread by. */
export function threadId(): number {
  return libc()!.gettid();
}
