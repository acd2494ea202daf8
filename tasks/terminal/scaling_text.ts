import { BALANCER_NAMES } from "../model/scaling.ts";
import type { RunSummary } from "../model/summary.ts";
import { formatMs, significant } from "../model/units.ts";
import { paragraph } from "./safe_text.ts";
import { formatTable, type TextColumn } from "./table.ts";

const COLUMNS: readonly TextColumn[] = [
  { title: "arm", align: "left", heads: true },
  { title: "instances", align: "right" },
  { title: "dealt by", align: "left", drop: 1 },
  { title: "ok/s", align: "right" },
  { title: "ratio", align: "right" },
  { title: "95 % interval", align: "right", drop: 2 },
  { title: "p95", align: "right" },
  { title: "CPU", align: "left" },
];

/** What the number of instances came to, arm by arm; empty where each was served by one process. */
export function scalingText({ scaling, operations }: RunSummary, columns: number): string {
  if (scaling === undefined) return "";
  const rows = scaling.arms.map(({ arm, instances, balancer, throughputRatio, cpuCores, balancerCores }) => {
    const all = operations.find((row) => row.arm === arm && row.operation === null);
    const { value = null, low = null, high = null } = throughputRatio ?? {};
    return [
      arm,
      instances === null ? "not known" : String(instances),
      balancer === null ? "yours" : BALANCER_NAMES[balancer],
      all === undefined ? "—" : significant(all.throughput, 3),
      value === null ? "" : `${significant(value, 3)}×`,
      low === null || high === null ? "" : `${significant(low, 3)}–${significant(high, 3)}`,
      formatMs(all?.response["0.95"]?.value ?? null),
      coresText(cpuCores, balancerCores),
    ];
  });
  const notes = scaling.notes.map((note) => `\n${paragraph(note, "")}`).join("");
  return `GraphQL by instances:\n${formatTable(COLUMNS, rows, columns)}${notes}`;
}

/** Cores that processes used, and a balancer before them. */
export function coresText(cpuCores: number | null, balancerCores: number | null): string {
  if (cpuCores === null) return "—";
  const proxy = balancerCores === null ? "" : ` + ${significant(balancerCores, 2)} (HAProxy)`;
  return `${significant(cpuCores, 3)}${proxy} cores`;
}
