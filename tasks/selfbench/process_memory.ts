import { readdirSync, readFileSync } from "node:fs";

/**
 * Resident memory of a process and of all that it started, in bytes: `VmRSS`, proc_pid_status(5). What several of them
 * share counts for each: to share it out, the kernel walks through all pages, which would disturb what is measured.
 * Null where the system does not tell.
 */
export function treeBytes(pid: number): number | null {
  const own = residentBytes(pid);
  if (own === null) return null;
  return childrenOf(pid).reduce((sum, child) => sum + (treeBytes(child) ?? 0), own);
}

/** `VmRSS` of one process, in bytes; null where the system does not tell, or it has ended. */
export function residentBytes(pid: number): number | null {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(text(`/proc/${pid}/status`))?.[1];
  return kilobytes === undefined ? null : Number(kilobytes) * 1024;
}

/** Started by any of its threads. */
function childrenOf(pid: number): number[] {
  try {
    const threads = readdirSync(`/proc/${pid}/task`);
    return threads.flatMap((thread) =>
      text(`/proc/${pid}/task/${thread}/children`).split(" ").filter(Boolean).map(Number)
    );
  } catch {
    return [];
  }
}

/** A process may end while it is looked at. */
function text(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
