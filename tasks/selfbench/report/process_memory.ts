import { readdirSync, readFileSync } from "node:fs";

/**
 * Memory that a process and all that it started hold, in bytes: each page once, however many of them share it
 * (`Pss`, proc_pid_smaps(5)). Null where the system does not tell.
 */
export function treeBytes(pid: number): number | null {
  const own = proportionalBytes(pid);
  if (own === null) return null;
  return childrenOf(pid).reduce((sum, child) => sum + (treeBytes(child) ?? 0), own);
}

function proportionalBytes(pid: number): number | null {
  const kilobytes = /^Pss:\s+(\d+) kB$/m.exec(text(`/proc/${pid}/smaps_rollup`))?.[1];
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
