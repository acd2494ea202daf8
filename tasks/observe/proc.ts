/** Pure readers of Linux's /proc texts: text in, numbers out. Sources: proc(5) and Documentation/accounting/psi. */

/** CPU time since boot, in clock ticks, summed over all cores. */
export interface CpuTicks {
  readonly user: number;
  readonly system: number;
  readonly iowait: number;
  readonly steal: number;
  readonly total: number;
}

/** `/proc/stat`. Nice time counts as user, interrupts as system; guest time is part of user already. */
export function parseCpu(stat: string): CpuTicks | null {
  const line = /^cpu +(.*)$/m.exec(stat)?.[1];
  if (line === undefined) return null;
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = line
    .split(/ +/).map(Number);
  return {
    user: user + nice,
    system: system + irq + softirq,
    iowait,
    steal,
    total: user + nice + system + idle + iowait + irq + softirq + steal,
  };
}

/** USER_HZ: fixed at 100 in Linux's interface to programs on x64 and arm64. */
export const TICKS_PER_SECOND = 100;

/**
 * Share of all CPUs (0 to 1) that went to processes which are none of ours; null where that cannot be told, as one of
 * ours ended in between.
 * @param ourSeconds CPU time that ours used between the two readings
 */
export function othersShare(before: CpuTicks, now: CpuTicks, ourSeconds: number): number | null {
  const elapsed = now.total - before.total;
  if (elapsed <= 0 || ourSeconds < 0) return null;
  const used = now.user + now.system - before.user - before.system;
  return Math.max(0, used - ourSeconds * TICKS_PER_SECOND) / elapsed;
}

/** `/proc/meminfo` in bytes, by its own names. */
export function parseMeminfo(text: string): Record<string, number> {
  const fields: Record<string, number> = {};
  for (const [, name, kilobytes] of text.matchAll(/^(\w+): +(\d+) kB$/gm)) {
    fields[name!] = Number(kilobytes) * 1024;
  }
  return fields;
}

/** `/proc/pressure/*`: microseconds in total that some or all tasks were stalled. */
export function parsePressure(text: string): Record<"some" | "full", number | null> {
  const total = (kind: string) => {
    const value = new RegExp(`^${kind} .*total=(\\d+)`, "m").exec(text)?.[1];
    return value === undefined ? null : Number(value);
  };
  return { some: total("some"), full: total("full") };
}

export interface DiskCounters {
  readonly readBytes: number;
  readonly writtenBytes: number;
  /** Milliseconds in which the busiest disk had something to do. */
  readonly busyMs: Readonly<Record<string, number>>;
}

/** `/proc/diskstats` over whole disks; a sector is 512 bytes there whatever the disk says. */
export function parseDisks(text: string, disks: ReadonlySet<string>): DiskCounters {
  let readBytes = 0;
  let writtenBytes = 0;
  const busyMs: Record<string, number> = {};
  for (const line of text.split("\n")) {
    const fields = line.trim().split(/ +/);
    const name = fields[2];
    if (name === undefined || !disks.has(name)) continue;
    readBytes += Number(fields[5]) * 512;
    writtenBytes += Number(fields[9]) * 512;
    busyMs[name] = Number(fields[12]);
  }
  return { readBytes, writtenBytes, busyMs };
}

export interface ProcessTicks {
  /** User and system time, in clock ticks. */
  readonly own: number;
  /** The same of children that have ended and were waited for. */
  readonly endedChildren: number;
}

/** `/proc/<pid>/stat`. The name, field 2, may hold anything: fields are counted from its last parenthesis. */
export function parseProcess(stat: string): ProcessTicks | null {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ").map(Number);
  const [utime, stime, cutime, cstime] = fields.slice(11, 15);
  if (utime === undefined || stime === undefined || cutime === undefined || cstime === undefined) return null;
  return { own: utime + stime, endedChildren: cutime + cstime };
}

/** `/proc/<pid>/statm` in pages: resident, and the part of it that is shared. */
export function parseStatm(text: string): { resident: number; shared: number } | null {
  const [, resident, shared] = text.split(" ").map(Number);
  return resident === undefined || shared === undefined ? null : { resident, shared };
}
