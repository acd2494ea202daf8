import { fixed, formatBytes, formatCount, significant } from "../model/units.ts";
import { formatTable } from "../terminal/table.ts";
import { widthOf } from "../terminal/width.ts";
import type { Finding, Findings, Machine } from "./finding.ts";
import type { Spread } from "./spread.ts";

/** With less to do than this share of its cores a machine counts as quiet. */
const QUIET_SHARE = 0.5;

/** What a part found, for people. */
export function findingsText(
  { findings, notMeasured, machine }: Findings,
  columns = widthOf().columns,
): string {
  return [
    formatTable(
      [
        { title: "what", align: "left", heads: true },
        { title: "Benchbook (range)", align: "left", least: 80 },
        { title: "peer", align: "left" },
        { title: "peer's (range)", align: "left", least: 80 },
        { title: "ratio (range)", align: "left", least: 80 },
        { title: "goal", align: "left", least: 80 },
        { title: "", align: "left" },
      ],
      findings.map(cells),
      columns,
    ),
    "",
    ...findings.flatMap(noteText),
    ...notMeasured.map((what) => `Not measured: ${what}`),
    machineText(machine),
  ].join("\n");
}

function cells({ what, unit, ours, peer, theirs, ratio, goal, reached, note }: Finding): string[] {
  return [
    what,
    ours === null ? "—" : `${ranged(ours, number)} ${unit}`.trim(),
    peer ?? "",
    theirs === null ? (peer !== null && note !== null ? "—" : "") : ranged(theirs, number),
    ratio === null ? "" : ranged(ratio, (value) => fixed(value, 3)),
    goal ?? "",
    reached === null ? "" : reached ? "✓ reached" : "✗ missed",
  ];
}

function noteText({ what, peer, ours, note }: Finding): string[] {
  if (note === null) return [];
  return [`· ${ours === null && peer !== null ? `${what}, ${peer}` : what}: ${note}`];
}

function number(value: number): string {
  return Math.abs(value) >= 1000 ? formatCount(value) : fixed(value, 3);
}

/** A median, and the range where there is one. */
export function ranged({ median, low, high }: Spread, format: (value: number) => string): string {
  return low === high ? format(median) : `${format(median)} (${format(low)}–${format(high)})`;
}

function machineText(machine: Machine): string {
  const { cpu, cores, memoryBytes, os, kernel, deno, postgres } = machine;
  const facts = [
    `${cores} cores of ${cpu}, ${formatBytes(memoryBytes)}`,
    os,
    kernel,
    `Deno ${deno}`,
    ...postgres === null ? [] : [`PostgreSQL ${postgres}`],
  ].join("; ");
  return `${facts}.${busyText(machine, "only ratios of sides measured in turn mean anything here")}`;
}

/** What is to be said of figures that a machine gave which had something else to do; "" where it had not. */
export function busyText({ loadAverage, cores }: Machine, verdict: string): string {
  if (loadAverage < cores * QUIET_SHARE) return "";
  return `\nThe machine was busy before it began (load average ${
    significant(loadAverage, 2)
  } on ${cores} cores): ${verdict}.`;
}
