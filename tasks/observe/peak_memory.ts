import { optional } from "./optional.ts";

/** The most bytes that this process has had resident so far; null where the system does not tell. */
export function peakMemory(): number | null {
  return parsePeak(optional("/proc/self/status") ?? "");
}

/** `VmHWM` ("high water mark") of a `/proc/<pid>/status`, in bytes: proc_pid_status(5). */
export function parsePeak(status: string): number | null {
  const kilobytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  return kilobytes === undefined ? null : Number(kilobytes) * 1024;
}
