import type { Environment } from "../model/run.ts";
import type { Warning } from "../model/summary.ts";
import { formatShare } from "../model/units.ts";
import type { Rows } from "../store/runs.ts";
import { query } from "../store/sql.ts";

/** One row of summary/host.sql: shares from 0 to 1 after the warm-up; null where they were not sampled. */
export interface HostLoad {
  /** Highest share of CPU time that neighbours of a virtual machine took. */
  readonly steal: number | null;
  /** Highest share of CPU time that went to processes which are none of ours. */
  readonly others: number | null;
  /** Highest share of time in which something waited for a CPU. */
  readonly pressure: number | null;
  readonly meanSteal: number | null;
  readonly meanOthers: number | null;
  readonly meanPressure: number | null;
  /** Share of CPU time that anybody used. */
  readonly meanBusy: number | null;
  /** Share of CPU time that nobody used, until the last request was due. */
  readonly idle: number | null;
}

/** From these shares on, CPU that others took is named as a cause of a generator that was late. */
const STEAL = 0.02;
const PRESSURE = 0.2;
/** Less than this share of the CPUs delays nobody on a machine that has to run its daemons too. */
const OTHERS = 0.1;
/** With less to do than this share a machine has a CPU free for whoever wants one. */
const BUSY = 0.7;

/** Who wanted the CPUs of this machine while a run measured. */
export async function hostLoad(rows: Rows, run: string): Promise<HostLoad> {
  return (await rows.rows<HostLoad>(query("summary/host"), { run }))[0]!;
}

/** How the sentence begins that says so. */
export const OTHERS_USED = "Others used ";

/**
 * What to do where a run could not be judged because others had the CPUs: a sentence, or none where nobody had.
 * @param effect what others alone can do, e.g. `keep p95 from coming back`
 */
export function quieterMachine({ meanOthers, meanSteal }: HostLoad, effect: string): string[] {
  const share = (meanOthers ?? 0) + (meanSteal ?? 0);
  if (share < OTHERS) return [];
  return [
    `${OTHERS_USED}${
      formatShare(share)
    } of this machine's CPU time meanwhile, which alone can ${effect}: run it again when ` +
    "it is quieter, or with a lower --rate.",
  ];
}

/**
 * What other programs and neighbours of a virtual machine had of the CPUs, where it can have shaped the numbers of a
 * run that is valid all the same. What Benchbook's own processes want is the load that was asked for.
 * @param compared whether comparisons of arms came to verdicts
 */
export function hostWarnings(
  host: HostLoad,
  { services }: Pick<Environment, "services">,
  compared: boolean,
): Warning[] {
  const means = compared ? `${MEANS} ${COMPARED}` : MEANS;
  const { meanSteal, meanOthers, meanPressure, meanBusy } = host;
  const warnings: Warning[] = [];
  const crowded = meanPressure === null ? (meanBusy ?? 0) >= BUSY : meanPressure >= PRESSURE;
  if (meanOthers !== null && meanOthers >= OTHERS && crowded) {
    const waited = meanPressure === null
      ? ""
      : `, and ${formatShare(Math.min(1, meanPressure))} of the time something had to wait for a CPU`;
    warnings.push({
      code: "busy-machine",
      text: `Other programs on this machine used ${
        formatShare(meanOthers)
      } of its CPU time during the measurement${waited}. ${
        services.some(isUsersOwnHere) ? "Services of yours that run here count as other programs. " : ""
      }${means}`,
    });
  }
  if (meanSteal !== null && meanSteal >= STEAL) {
    warnings.push({
      code: "stolen-cpu",
      text: `Other virtual machines on the same host took ${
        formatShare(meanSteal)
      } of this machine's CPU time during the measurement (steal). ${means}`,
    });
  }
  return warnings;
}

const MEANS = "Latency is higher, and the highest throughput lower, than on a quiet machine.";
const COMPARED = "Comparisons of arms suffer less, as they were measured in turn.";

/** A database server of the user's beside us does what we ask of it, yet is no child of ours. */
function isUsersOwnHere({ origin, available, address }: Environment["services"][number]): boolean {
  return available && origin !== "embedded" && address !== null &&
    /(^|[/@])(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)([:/]|$)|^\//.test(address);
}

/** Who took the CPU from the generator, as the host saw it. */
export function hostCauses({ steal, others, pressure }: HostLoad): string[] {
  const causes: string[] = [];
  if (steal !== null && steal >= STEAL) {
    causes.push(`neighbours of this virtual machine took up to ${formatShare(steal)} of the CPU (steal)`);
  }
  if (pressure !== null && pressure >= PRESSURE) {
    const who = others === null
      ? ""
      : others >= OTHERS
      ? `; other programs used up to ${formatShare(others)} of the CPU time`
      : "; it was Benchbook and its own services that used the CPU: try a lower rate";
    causes.push(
      `processes waited for a CPU up to ${formatShare(Math.min(1, pressure))} of the time (pressure)${who}`,
    );
  }
  return causes;
}
