import type { Calibration } from "../model/calibration.ts";
import { fixed, formatBytes, formatCount, formatMs, formatShare } from "../model/units.ts";
import { formatTable, type TextColumn } from "./table.ts";
import { widthOf } from "./width.ts";

const COLUMNS: readonly TextColumn[] = [
  { title: "load generator of this machine", align: "left", least: 80, heads: true },
  { title: "measured", align: "left", least: 80 },
];

/**
 * What a calibration found, as a table.
 * @param file where this machine's is kept
 * @param kept the one that is kept there by now
 */
export function calibrationText(
  calibration: Calibration,
  file: string,
  kept: Pick<Calibration, "measuredAt" | "requestsPerSecond"> | null,
  columns = widthOf().columns,
): string {
  const { clock, realTime, timer, dispatch, spool, steps } = calibration;
  const table = formatTable(COLUMNS, [
    ["clock", `steps of ${us(clock.resolutionUs)}, ${us(clock.readUs)} a reading`],
    ["priority", realTime ? "real-time, as in a run" : "ordinary, as in a run"],
    ["generator wakes late by", `p50 ${us(timer.p50Us)}, p99 ${us(timer.p99Us)}`],
    [
      "without any target, a worker",
      `${round(dispatch.requestsPerSecond)} requests/s, ${us(dispatch.cpuUs)} of CPU each`,
    ],
    ["recording a request", recording(dispatch.recording)],
    ["writing timings", `${round(spool.rowsPerSecond)} rows/s, ${formatBytes(spool.bytesPerSecond)}/s`],
    ...steps.map(({ ratePerSecond, onTime, lagP99Ms }) => [
      `open loop at ${formatCount(ratePerSecond)}/s`,
      `${formatShare(onTime)} on time, lag p99 ${formatMs(lagP99Ms)}`,
    ]),
  ], columns);
  return kept === null || kept.measuredAt === calibration.measuredAt
    ? `${table}\nKept in ${file}`
    : `${table}\nNot kept: ${file} stays as it was, with ${
      formatCount(kept.requestsPerSecond)
    } requests/s a worker`;
}

/** Recording costs so little that the rounds' own noise may hide it. */
function recording({ lowUs, highUs }: Calibration["dispatch"]["recording"]): string {
  if (lowUs > 0) return `${us(lowUs)} to ${us(highUs)}`;
  return highUs > 0 ? `less than ${us(highUs)}` : "too little to measure";
}

function us(value: number): string {
  return value >= 1000 ? formatMs(value / 1000) : `${fixed(value, 2)} µs`;
}

/** Two digits are known. */
function round(value: number): string {
  return formatCount(Number(value.toPrecision(2)));
}
