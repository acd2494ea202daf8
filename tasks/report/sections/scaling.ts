import { numbers, words } from "../../charts/figure.ts";
import { BALANCER_NAMES } from "../../model/scaling.ts";
import type { RunSummary } from "../../model/summary.ts";
import { fixed, formatRate } from "../../model/units.ts";
import {
  type Cell,
  estimateCell,
  type Footnotes,
  formatRatio,
  msCell,
  plain,
  ratioInterval,
} from "../cells.ts";
import type { ReportTable } from "../tables.ts";
import { plainSection } from "./section.ts";

export const SCALING = plainSection({
  of: "bench",
  title: "Scaling out",
  figures: [],
  tables: ({ summary, footnotes }) => [scalingTable(summary, footnotes)],
});

/** What the number of instances came to, arm by arm. Null where each was served by one process. */
export function scalingTable({ scaling, operations }: RunSummary, footnotes: Footnotes): ReportTable | null {
  if (scaling === undefined) return null;
  const cores = (value: number | null) => plain(value === null ? "—" : fixed(value, 2));
  return {
    id: "table-scaling",
    caption: "GraphQL by the number of its instances",
    columns: [
      ...words("Arm", "Dealt by"),
      ...numbers("Instances", "Answered", "Ratio", "95 % interval", "p95", "CPU, cores", "HAProxy, cores"),
    ],
    groups: scaling.arms.map((served) => {
      const { arm, instances, balancer, throughputRatio, cpuCores, balancerCores } = served;
      const all = operations.find((row) => row.arm === arm && row.operation === null);
      const ratio: [Cell, Cell] = throughputRatio === null ? [plain("—"), plain("—")] : [
        estimateCell(throughputRatio, formatRatio, footnotes),
        plain(ratioInterval(throughputRatio) || "—"),
      ];
      return {
        name: arm,
        span: 1,
        rows: [{
          name: balancer === null ? "yours" : BALANCER_NAMES[balancer],
          cells: [
            plain(instances === null ? "not known" : String(instances)),
            plain(all === undefined ? "—" : formatRate(all.throughput)),
            ...ratio,
            msCell(all?.response["0.95"], footnotes),
            cores(cpuCores),
            cores(balancerCores),
          ],
        }],
      };
    }),
    note: [
      "Ratio: answers a second of closed-loop clients, to the arm of the same path with the fewest instances, over " +
      "pairs of blocks. CPU: cores that the arm's GraphQL processes used in its own turns" +
      `${sharedText(scaling.arms)}.`,
      ...scaling.notes,
    ].join(" "),
  };
}

/** Arms whose processes answer others too have their CPU together with these. */
function sharedText(arms: NonNullable<RunSummary["scaling"]>["arms"]): string {
  const shared = arms.filter(({ sharedWith }) => sharedWith.length > 0).map(({ arm }) => arm);
  return shared.length === 0 ? "" : `, and in those of all that share them: ${shared.join(", ")}`;
}
