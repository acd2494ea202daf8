import { availableParallelism, cpus, hostname, release, totalmem, type } from "node:os";
import type { Environment } from "../model/run.ts";
import { optional } from "../files/optional.ts";

export type HostFacts = Pick<
  Environment,
  "os" | "kernel" | "cpu" | "cores" | "memoryBytes" | "hostname" | "deno"
>;

/**
 * This machine, for a run's fingerprint. Inside a container cores and memory are what the container may use:
 * a limit shapes results as much as the hardware does.
 */
export function hostFacts(): HostFacts {
  return {
    os: osName(),
    kernel: `${type()} ${release()}`,
    cpu: cpuModel(),
    cores: Math.min(availableParallelism(), cpuLimit(optional("/sys/fs/cgroup/cpu.max")) ?? Infinity),
    memoryBytes: memoryBytes(),
    hostname: hostname(),
    deno: Deno.version.deno,
  };
}

/** Cores that a cgroup grants, by its `cpu.max` ("150000 100000" is 1.5); null without a limit. */
export function cpuLimit(text: string | null): number | null {
  const [quota, period] = (text ?? "").trim().split(" ").map(Number);
  return quota !== undefined && period !== undefined && quota > 0 && period > 0 ? quota / period : null;
}

/** Bytes that a cgroup grants, by its `memory.max`; null without a limit. */
export function memoryLimit(text: string | null): number | null {
  const bytes = Number((text ?? "").trim());
  return bytes > 0 ? bytes : null;
}

function osName(): string {
  const pretty = /^PRETTY_NAME="?([^"\n]*)"?/m.exec(optional("/etc/os-release") ?? "")?.[1];
  return pretty || `${type()} ${release()}`;
}

function cpuModel(): string {
  // arm64 Linux names no model; the architecture is better than nothing.
  return cpus()[0]?.model.trim().replace(/^unknown$/i, "") || Deno.build.arch;
}

/** Memory that there is for processes like this one: the machine's, or less where a container has less. */
export function memoryBytes(): number {
  return Math.min(totalmem(), memoryLimit(optional("/sys/fs/cgroup/memory.max")) ?? Infinity);
}
