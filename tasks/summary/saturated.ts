import type { Run } from "../model/run.ts";
import type { Warning } from "../model/summary.ts";
import type { GeneratorFigures } from "../model/validity.ts";
import { formatShare, significant } from "../model/units.ts";
import type { HostLoad } from "./host_load.ts";

/** Of a core: a thread that uses so much of one in the mean has hardly a moment in which it waits. */
const SATURATED = 0.9;
/**
 * Cores that are idle in the mean from which on the system had time left: less is what waiting for each other costs.
 */
const IDLE_CORES = 0.2;

/** A warning where a closed loop's threads had no time left while the machine had. */
export function saturatedWarnings(
  { config, environment }: Run,
  { cpuCores }: GeneratorFigures,
  { idle }: HostLoad,
): Warning[] {
  if (config.loop === "open") return [];
  const { workers, concurrency } = config;
  return saturated({ workers, clients: concurrency!, cores: environment.cores, cpuCores, idle });
}

/**
 * The same from figures, pure. A client that waits for a thread asks less often: the system is then measured as slower
 * than it is.
 * @param at `cpuCores` of all threads together; `idle` the share of the machine that nobody used
 */
export function saturated(
  { workers, clients, cores, cpuCores, idle }: {
    readonly workers: number;
    readonly clients: number;
    readonly cores: number;
    readonly cpuCores: number | null;
    readonly idle: number | null;
  },
): Warning[] {
  if (cpuCores === null || idle === null) return [];
  const each = cpuCores / workers;
  if (each < SATURATED || idle * cores < IDLE_CORES) return [];
  const threads = workers === 1 ? "its thread" : `each of its ${workers} threads`;
  const text = `Generator saturated: ${threads} used ${formatShare(each)} of a core while ${
    significant(idle * cores, 2)
  } of ${cores} cores were idle. The system could have answered more: ${advice(workers, clients, cores)}.`;
  return [{ code: "generator-saturated", text }];
}

function advice(workers: number, clients: number, cores: number): string {
  if (workers < Math.min(clients, cores)) return `use --workers ${workers + 1}`;
  return workers >= cores
    ? "generate the load on a machine with more cores"
    : `use more than ${clients} clients, and --workers ${workers + 1}`;
}
