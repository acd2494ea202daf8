import { optional } from "../files/optional.ts";
import { residentBytes } from "./process_memory.ts";
import { parseProcess, parseStatm, TICKS_PER_SECOND } from "./proc.ts";

/** A process with all its descendants. */
export interface ProcessTree {
  /** CPU time of all that live and of those that have ended and were waited for. */
  readonly cpuSeconds: number;
  /**
   * Memory of its own of each process, and what they share counted once: a PostgreSQL backend has the shared
   * buffers in its resident size, so a sum of resident sizes would count them once per connection.
   */
  readonly memoryBytes: number;
  readonly processes: number;
}

const PAGE_BYTES = pageBytes();

/**
 * Null when the process is gone, or where there is no /proc. Children in `apart` are left out with all theirs:
 * the services are children of the generator that started them, and are followed on their own.
 */
export function readProcessTree(root: number, apart: ReadonlySet<number> = new Set()): ProcessTree | null {
  let ticks = 0;
  let own = 0;
  let shared = 0;
  let processes = 0;
  const open = [root];
  for (let pid = open.pop(); pid !== undefined; pid = open.pop()) {
    const stat = optional(`/proc/${pid}/stat`);
    const cpu = stat === null ? null : parseProcess(stat);
    // It ended in between: its time is in its parent's `endedChildren` at the next reading.
    if (cpu === null) continue;
    processes++;
    ticks += cpu.own + cpu.endedChildren;
    const memory = parseStatm(optional(`/proc/${pid}/statm`) ?? "");
    if (memory !== null) {
      own += memory.resident - memory.shared;
      shared = Math.max(shared, memory.shared);
    }
    // Children of the first thread; ours are all started by it, and /proc/*/stat of everyone costs 100 × more.
    const children = optional(`/proc/${pid}/task/${pid}/children`) ?? "";
    for (const child of children.split(" ")) {
      if (child.trim() !== "" && !apart.has(Number(child))) open.push(Number(child));
    }
  }
  if (processes === 0) return null;
  return { cpuSeconds: ticks / TICKS_PER_SECOND, memoryBytes: (own + shared) * PAGE_BYTES, processes };
}

/** 4096 nearly everywhere, 16 or 64 KB on some arm64 kernels: told by our own resident size in both units. */
function pageBytes(): number {
  const pages = parseStatm(optional("/proc/self/statm") ?? "")?.resident;
  const bytes = residentBytes("self");
  if (pages === undefined || bytes === null) return 4096;
  const estimate = bytes / pages;
  return [4096, 16384, 65536].reduce((a, b) => Math.abs(b - estimate) < Math.abs(a - estimate) ? b : a);
}
