import { fixed, formatBytes, formatCount, significant } from "../../model/units.ts";
import { formatTable } from "../../terminal/table.ts";
import { widthOf } from "../../terminal/width.ts";
import { busyText, ranged } from "../finding_text.ts";
import { spread } from "../spread.ts";
import type { Contest, Memory, SeedBenchResult, SeedMachine, Timed } from "./result.ts";

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

function memoryText({ peakBytes, goalBytes, reached }: Memory): string {
  if (peakBytes === null) {
    return "Peak memory of the process that seeds: not measured, this system does not tell it.";
  }
  return `Peak memory of the process that seeds: ${significant(peakBytes / 1e6, 3)} MB; goal < ${
    goalBytes / 1e6
  } MB, ${reached ? "✓ reached" : "✗ missed"}.`;
}

/** Benchbook keeps more threads busy than the server's COPY, so it suffers more where others want the cores. */
function machineText(machine: SeedMachine): string {
  const { cpu, cores, memoryBytes, os, kernel, postgres, deno, settings } = machine;
  const values = Object.entries(settings).map(([name, value]) => `${name} ${value}`).join(", ");
  return `${cores} cores of ${cpu}, ${formatBytes(memoryBytes)}; ${os}, ${kernel}; Deno ${deno}; ` +
    `PostgreSQL ${postgres}: ${values}.${busyText(machine, "do not trust these figures")}`;
}
