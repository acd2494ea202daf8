import { fixed, formatBytes, formatCount, significant } from "../../model/units.ts";
import { formatTable } from "../../terminal/table.ts";
import { widthOf } from "../../terminal/width.ts";
import { type Spread, spread } from "../spread.ts";
import type { Contest, Machine, Memory, SeedBenchResult, Timed } from "./result.ts";

/** With less to do than this share of its cores a machine counts as quiet. */
const QUIET_SHARE = 0.5;

/** The result for people. */
export function seedBenchText(result: SeedBenchResult, columns = widthOf().columns): string {
  const { pgbench } = result;
  const rows = [
    ...result.contests.flatMap(contestRows),
    "unavailable" in pgbench
      ? ["reference", "pgbench", "—", pgbench.unavailable]
      : ["reference", ...timedCells(pgbench)],
  ];
  return [
    `${result.dataset} ${result.scale}, seed ${result.seed}: ${formatCount(result.rows)} rows, ` +
    `${formatBytes(result.copyBytes)} as COPY text; all sides loaded the same rows (hash ${result.hash}).`,
    "",
    formatTable(
      [
        { title: "work", align: "left", heads: true },
        { title: "by", align: "left", least: 38 },
        { title: "rows", align: "right", drop: 1 },
        { title: "seconds (range)", align: "left", least: 80 },
        { title: "rows/s", align: "right", drop: 2 },
        { title: "ratio (range)", align: "left", least: 80 },
        { title: "goal", align: "left" },
        { title: "", align: "left" },
      ],
      rows,
      columns,
    ),
    "",
    `Making the value pools takes ${
      ranged(spread(result.prepareSeconds), (value) => fixed(value, 3))
    } s of ` +
    "Benchbook's seconds.",
    memoryText(result.memory),
    machineText(result.machine),
  ].join("\n");
}

function contestRows({ what, ours, peers }: Contest): string[][] {
  return [
    [what, ...timedCells(ours)],
    ...peers.map((peer) => [
      "",
      ...timedCells(peer),
      ranged(peer.ratio, (value) => fixed(value, 3)),
      peer.goal === null ? "" : `≥ ${significant(peer.goal, 2)}`,
      peer.reached === null ? "" : peer.reached ? "✓ reached" : "✗ missed",
    ]),
  ];
}

function timedCells({ what, rows, seconds }: Timed): string[] {
  const took = spread(seconds);
  return [
    what,
    formatCount(rows),
    ranged(took, (value) => fixed(value, 3)),
    formatCount(rows / took.median),
  ];
}

function ranged({ median, low, high }: Spread, format: (value: number) => string): string {
  return low === high ? format(median) : `${format(median)} (${format(low)}–${format(high)})`;
}

function memoryText({ peakBytes, goalBytes, reached }: Memory): string {
  if (peakBytes === null) {
    return "Peak memory of the process that seeds: not measured, this system does not tell it.";
  }
  return `Peak memory of the process that seeds: ${significant(peakBytes / 1e6, 3)} MB; goal < ${
    goalBytes / 1e6
  } MB, ${reached ? "✓ reached" : "✗ missed"}.`;
}

function machineText(machine: Machine): string {
  const { cpu, cores, memoryBytes, os, kernel, postgres, deno, settings, loadAverage } = machine;
  const values = Object.entries(settings).map(([name, value]) => `${name} ${value}`).join(", ");
  return `${cores} cores of ${cpu}, ${formatBytes(memoryBytes)}; ${os}, ${kernel}; Deno ${deno}; ` +
    `PostgreSQL ${postgres}: ${values}.${busyText(loadAverage, cores)}`;
}

/** Benchbook keeps more threads busy than the server's COPY, so it suffers more where others want the cores. */
function busyText(loadAverage: number, cores: number): string {
  if (loadAverage < cores * QUIET_SHARE) return "";
  return `\nThe machine was busy before it began (load average ${
    significant(loadAverage, 2)
  } on ${cores} cores): do not trust these figures.`;
}
