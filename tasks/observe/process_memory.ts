import { readdirSync } from "node:fs";
import { optional } from "../files/optional.ts";

/** Bytes that a process has resident (`VmRSS`); null where the system does not tell, or it has ended. */
export function residentBytes(pid: number | "self"): number | null {
  return statusBytes(optional(`/proc/${pid}/status`), "VmRSS");
}

/** The most bytes that this process has had resident so far (`VmHWM`, the "high water mark"). */
export function peakMemory(): number | null {
  return statusBytes(optional("/proc/self/status"), "VmHWM");
}

/** A size in a `/proc/<pid>/status`, in bytes: proc_pid_status(5). */
export function statusBytes(status: string | null, name: string): number | null {
  const kilobytes = new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(status ?? "")?.[1];
  return kilobytes === undefined ? null : Number(kilobytes) * 1024;
}

/**
 * Resident memory of a process and of all that it started, in bytes. What several of them share counts for each: to share
 * it out, the kernel walks through all pages, which would disturb what is measured. Null where the system does not tell.
 */
export function treeBytes(pid: number): number | null {
  const own = residentBytes(pid);
  if (own === null) return null;
  return childrenOf(pid).reduce((sum, child) => sum + (treeBytes(child) ?? 0), own);
}

/** Started by any of its threads. */
function childrenOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      (optional(`/proc/${pid}/task/${thread}/children`) ?? "").split(" ").filter(Boolean).map(Number)
    );
  } catch {
    return [];
  }
}
