import { numbers, words } from "../charts/figure.ts";
import type { ArmRecord } from "../model/run.ts";
import type { RunSummary, Summary } from "../model/summary.ts";
import { formatBytes, listed } from "../model/units.ts";
import type { Path } from "../paths/path.ts";
import { findPath, reference } from "../paths/registry.ts";
import { comparedText, type Footnotes, msCell, plain, ratioInterval } from "./cells.ts";
import type { ReportTable } from "./tables.ts";

/** Stands in a cell that the one above it speaks for: without any text, a PDF's tags would leave the cell out of its row. */
const NOTHING = "\u00a0";

/** What GraphQL costs over direct SQL per operation. Null unless both were measured. */
export function graphqlTable(summary: RunSummary, footnotes: Footnotes): ReportTable | null {
  const rows = summary.operations.filter(({ operation }) => operation !== null);
  const { unproven = [] } = summary.run.config;
  const armOf = (row: Summary) => summary.arms.find(({ name }) => name === row.arm);
  const pathOf = (row: Summary) => findPath(armOf(row)?.path);
  const direct = rows.filter((row) =>
    pathOf(row) === reference && !differs(armOf(row)!) && !unproven.includes(row.arm)
  );
  const isGraphql = (path: Path | undefined) => path?.language === "graphql" && !path.cached;
  const pairs = rows.filter((row) => isGraphql(pathOf(row)))
    .flatMap((graphql) => {
      const sql = direct.find(({ operation }) => operation === graphql.operation);
      return sql === undefined ? [] : [{ sql, graphql }];
    });
  if (pairs.length === 0) return null;
  const shown = [...new Set(pairs.map(({ graphql }) => graphql.arm))];
  const named = shown.length > 1 || pairs.some(({ graphql }) => differs(armOf(graphql)!));
  const bytes = (row: Summary) => plain(row.meanBytes === null ? "—" : formatBytes(row.meanBytes));
  return {
    id: "table-graphql",
    caption: "GraphQL over HTTP against direct SQL",
    columns: [
      ...words("Operation", "Statistic"),
      ...numbers("SQL", "GraphQL", "Ratio", "95 % interval", "SQL bytes", "GraphQL bytes"),
    ],
    groups: [...Map.groupBy(pairs, ({ graphql }) => graphql.operation!)].map(([name, own]) => ({
      name,
      span: 2 * own.length,
      rows: own.flatMap(({ sql, graphql }) =>
        (["p50", "p95"] as const).map((statistic) => {
          const level = statistic === "p50" ? "0.5" : "0.95";
          const compared = summary.comparisons.find((row) =>
            row.operation === graphql.operation && row.candidate === graphql.arm &&
            row.baseline === sql.arm && row.statistic === statistic
          );
          return {
            name: named ? `${graphql.arm} ${statistic}` : statistic,
            cells: [
              msCell(sql.response[level], footnotes),
              msCell(graphql.response[level], footnotes),
              {
                text: comparedText(compared),
                hint: "",
                notes: footnotes.ofComparison(compared?.warnings ?? []),
              },
              plain(compared === undefined ? "—" : ratioInterval(compared) || "—"),
              ...(statistic === "p50" ? [bytes(sql), bytes(graphql)] : [plain(NOTHING), plain(NOTHING)]),
            ],
          };
        })
      ),
    })),
    note: "Bytes are the mean size of an answer as it arrived. " +
      checkedText(shown, shown.filter((arm) => unproven.includes(arm))),
  };
}

/** Whether an arm is anything else than its path under the run's own settings. */
function differs({ overrides }: ArmRecord): boolean {
  return Object.keys(overrides).some((field) => field !== "path");
}

function checkedText(arms: readonly string[], unproven: readonly string[]): string {
  if (unproven.length === 0) return "The results themselves were checked to be equal before timing.";
  const others = unproven.length === arms.length ? "" : "; the other results were, before timing";
  return `${listed(unproven)} ${
    unproven.length === 1 ? "was" : "were"
  } not checked for equal results (--no-prove)${others}.`;
}
