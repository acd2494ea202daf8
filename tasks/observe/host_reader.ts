import { readdirSync, readFileSync } from "node:fs";
import { cpus, freemem, loadavg, totalmem } from "node:os";
import { optional } from "../files/optional.ts";
import { type CpuTicks, othersShare, parseCpu, parseDisks, parseMeminfo, parsePressure } from "./proc.ts";
import { readProcessTree } from "./process_tree.ts";
import { type Reading, reading, type SampleReader } from "./source.ts";

/**
 * Samples this machine: CPU as shares of all cores (0 to 1), pressure as the share of time in which tasks
 * were stalled, memory, disks, and the named processes. Reads are synchronous: /proc answers from memory, and
 * a dozen thread-pool trips would cost more than they save. Without /proc (macOS) less is known.
 */
export class HostReader implements SampleReader {
  readonly unavailable: string[] = [];
  readonly #pids: () => Readonly<Record<string, number>>;
  readonly #disks = wholeDisks();
  #cpu: CpuTicks | null = null;
  #ours: number | null = null;
  /** Without it a server's own processes would pass for somebody else's. */
  readonly #knowsChildren = optional(`/proc/self/task/${Deno.pid}/children`) !== null;

  constructor(pids: () => Readonly<Record<string, number>>) {
    this.#pids = pids;
    if (Deno.build.os !== "linux") {
      this.unavailable.push(
        "Steal, pressure, disk and per-process figures are not sampled: this system has no /proc.",
      );
    } else if (optional("/proc/pressure/cpu") === null) {
      this.unavailable.push("Pressure is not sampled: this kernel does not report it.");
    }
  }

  read(): Reading[] {
    const load = reading("load_1m", loadavg()[0] ?? 0);
    if (Deno.build.os !== "linux") return [...this.#portableCpu(), ...portableMemory(), load];
    const cpu = parseCpu(readFileSync("/proc/stat", "utf8"));
    const before = this.#cpu;
    return [
      ...this.#shares(cpu),
      ...pressure(),
      ...memory(),
      load,
      ...this.#disk(),
      ...this.#processes(before, cpu),
    ];
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  #shares(now: CpuTicks | null): Reading[] {
    const before = this.#cpu;
    this.#cpu = now;
    if (now === null || before === null || now.total <= before.total) return [];
    const elapsed = now.total - before.total;
    return (["user", "system", "iowait", "steal"] as const).map((kind) =>
      // The kernel lets iowait shrink at times.
      reading(`cpu_${kind}`, Math.max(0, now[kind] - before[kind]) / elapsed)
    );
  }

  #disk(): Reading[] {
    const text = optional("/proc/diskstats");
    if (text === null || this.#disks.size === 0) return [];
    const { readBytes, writtenBytes, busyMs } = parseDisks(text, this.#disks);
    return [
      reading("disk_read_bytes", readBytes),
      reading("disk_written_bytes", writtenBytes),
      ...Object.entries(busyMs).map(([disk, ms]) => reading("disk_busy", ms / 1000, { disk })),
    ];
  }

  #processes(before: CpuTicks | null, now: CpuTicks | null): Reading[] {
    const pids = this.#pids();
    const apart = new Set(Object.values(pids));
    let ours = 0;
    const readings = Object.entries(pids).flatMap(([name, pid]) => {
      const tree = readProcessTree(pid, apart);
      if (tree === null) return [];
      ours += tree.cpuSeconds;
      const labels = { process: name };
      return [
        reading("process_cpu_cores", tree.cpuSeconds, labels),
        reading("process_memory_bytes", tree.memoryBytes, labels),
        reading("process_count", tree.processes, labels),
      ];
    });
    const oursBefore = this.#ours;
    this.#ours = ours;
    const others = !this.#knowsChildren || before === null || now === null || oursBefore === null
      ? null
      : othersShare(before, now, ours - oursBefore);
    return others === null ? readings : [...readings, reading("cpu_others", others)];
  }

  #portableCpu(): Reading[] {
    const total = { user: 0, system: 0, iowait: 0, steal: 0, total: 0 };
    for (const { times } of cpus()) {
      total.user += times.user + times.nice;
      total.system += times.sys + times.irq;
      total.total += times.user + times.nice + times.sys + times.irq + times.idle;
    }
    return this.#shares(total).filter(({ metric }) => metric === "cpu_user" || metric === "cpu_system");
  }
}

/** Seconds in which tasks were stalled. */
function pressure(): Reading[] {
  return (["cpu", "io", "memory"] as const).flatMap((resource) => {
    const text = optional(`/proc/pressure/${resource}`);
    if (text === null) return [];
    return Object.entries(parsePressure(text)).flatMap(([kind, totalUs]) =>
      // "full" of the CPU is always zero for a whole machine.
      totalUs === null || (resource === "cpu" && kind === "full")
        ? []
        : [reading(`pressure_${resource}_${kind}`, totalUs / 1e6)]
    );
  });
}

function memory(): Reading[] {
  const { MemTotal, MemAvailable, SwapTotal, SwapFree, Dirty } = parseMeminfo(
    readFileSync("/proc/meminfo", "utf8"),
  );
  const readings: Reading[] = [];
  if (MemTotal !== undefined && MemAvailable !== undefined) {
    readings.push(reading("memory_used_bytes", MemTotal - MemAvailable));
    readings.push(reading("memory_available_bytes", MemAvailable));
  }
  if (SwapTotal !== undefined && SwapFree !== undefined) {
    readings.push(reading("swap_used_bytes", SwapTotal - SwapFree));
  }
  if (Dirty !== undefined) readings.push(reading("memory_dirty_bytes", Dirty));
  return readings;
}

function portableMemory(): Reading[] {
  return [reading("memory_used_bytes", totalmem() - freemem()), reading("memory_available_bytes", freemem())];
}

/** Disks as the kernel lists them, without partitions (not listed) and without devices made of others. */
function wholeDisks(): ReadonlySet<string> {
  try {
    return new Set(readdirSync("/sys/block").filter((name) => !/^(loop|ram|zram|sr|fd|dm-|md)/.test(name)));
  } catch {
    return new Set();
  }
}
