import { counted, formatCount, measuredMs } from "../model/units.ts";
import type { PlanRow } from "../summary/plan_changes.ts";
import { removedRows } from "../summary/plan_diff.ts";
import { nodesOf, type PlanNode, readPlan } from "../summary/plan_tree.ts";
import { fact } from "./cells.ts";
import type { ReportTable } from "./tables.ts";

export interface PlansView {
  readonly table: ReportTable;
  readonly trees: readonly { readonly operation: string; readonly lines: string }[];
}

/** What PostgreSQL did for each operation, once, outside the measured blocks. Null where no plan was taken. */
export function plansView(rows: readonly PlanRow[]): PlansView | null {
  const several = new Set(rows.map(({ arm }) => arm)).size > 1;
  const plans = rows.flatMap(({ operation, arm, plan }) => {
    const explained = readPlan(plan);
    return explained === null ? [] : [{ operation: several ? `${operation}, ${arm}` : operation, explained }];
  });
  if (plans.length === 0) return null;
  return {
    table: {
      id: "table-plans",
      caption: "Plans of the SQL operations, each run once before the measured blocks",
      columns: [
        ...["Operation", "Reads"].map((title) => ({ title, numeric: false })),
        ...["Planning", "Execution", "Rows", "Blocks from cache", "Blocks read", "Rows removed by filter"]
          .map((title) => ({ title, numeric: true })),
      ],
      groups: plans.map(({ operation, explained }) => ({
        name: operation,
        span: 1,
        rows: [{
          name: [...new Set(nodesOf(explained.Plan).flatMap(access))].join(", ") || "no table",
          cells: [
            fact(measuredMs(explained["Planning Time"] ?? null)),
            fact(measuredMs(explained["Execution Time"] ?? null)),
            fact(count(explained.Plan["Actual Rows"])),
            fact(count(explained.Plan["Shared Hit Blocks"])),
            fact(count(explained.Plan["Shared Read Blocks"])),
            fact(count(nodesOf(explained.Plan).reduce((sum, node) => sum + removedRows(node), 0))),
          ],
        }],
      })),
      note:
        "A sequential scan that discards most of its rows is the first place to look for a missing index.",
    },
    trees: plans.map(({ operation, explained }) => ({ operation, lines: tree(explained.Plan).join("\n") })),
  };
}

/** `orders by orders_customer_idx`, `all of orders` for a sequential scan, `f()`; nothing for other nodes. */
function access(node: PlanNode): string[] {
  const relation = node["Relation Name"];
  const index = node["Index Name"];
  if (node["Node Type"] === "Seq Scan" && relation !== undefined) return [`all of ${relation}`];
  const call = node["Function Name"];
  if (call !== undefined) return [`${call}()`];
  if (index !== undefined) return [relation === undefined ? index : `${relation} by ${index}`];
  return [];
}

function tree(node: PlanNode, depth = 0): string[] {
  const target = [
    node["Index Name"] === undefined ? "" : ` using ${node["Index Name"]}`,
    node["Relation Name"] === undefined ? "" : ` on ${node["Relation Name"]}`,
  ].join("");
  const loops = node["Actual Loops"] ?? 1;
  const facts = [
    node["Actual Rows"] === undefined ? null : counted(Math.round(node["Actual Rows"]), "row"),
    node["Actual Total Time"] === undefined ? null : measuredMs(node["Actual Total Time"]),
    loops === 1 ? null : `${count(loops)} times`,
  ].filter((fact) => fact !== null);
  const line = `${"  ".repeat(depth)}${node["Node Type"]}${target}` +
    (facts.length === 0 ? "" : `  (${facts.join(", ")})`);
  return [line, ...(node.Plans ?? []).flatMap((child) => tree(child, depth + 1))];
}

function count(n: number | undefined): string {
  return n === undefined ? "—" : formatCount(n);
}
