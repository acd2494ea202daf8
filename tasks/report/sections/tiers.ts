import { numbers, words } from "../../charts/figure.ts";
import type { TierSummary } from "../../model/tier_summary.ts";
import { breakEvenText, PROMISED, TIER_COLUMNS, tierRow, upkeepText } from "../../model/tier_text.ts";
import { capital } from "../../model/units.ts";
import { comparedText, plain, ratioInterval } from "../cells.ts";
import type { ReportTable } from "../tables.ts";
import type { Material, Section } from "./section.ts";

/** What each tier gives back, and what it costs: what it comes to first, as that is the answer. */
export const TIERS: Section<
  { readonly sentences: readonly string[]; readonly tables: readonly ReportTable[] }
> = {
  of: "bench",
  title: "Tiers",
  figures: ["break-even"],
  template: "sections/tiers",
  view(material) {
    const { tiers = [] } = material.summary;
    const tables = [answersTable(material), costTable(tiers)].filter((table) => table !== null);
    return tables.length === 0 ? null : { sentences: tiers.flatMap(conclusions), tables };
  },
};

function conclusions(tier: TierSummary): string[] {
  return [
    ...[breakEvenText(tier)].filter((sentence) => sentence !== null),
    ...upkeepText(tier),
    ...tier.advice,
  ];
}

/** Each question over each tier, against the tables. */
function answersTable({ summary: { tiers = [], comparisons }, footnotes }: Material): ReportTable | null {
  const arms = tiers.flatMap((tier) => tier.arms.map(({ arm }) => arm));
  const rows = comparisons.filter(({ candidate, statistic }) =>
    arms.includes(candidate) && statistic === "p50"
  );
  if (rows.length === 0) return null;
  return {
    id: "table-tiers-answers",
    caption: "Median response time over each tier, as a ratio to the baseline",
    columns: [...words("Operation", "Arm"), ...numbers("Ratio", "95 % interval")],
    groups: [...Map.groupBy(rows, ({ operation }) => operation ?? "all")].map(([name, own]) => ({
      name,
      span: own.length,
      rows: own.map((compared) => ({
        name: compared.candidate,
        cells: [
          { text: comparedText(compared), hint: "", notes: footnotes.ofComparison(compared.warnings) },
          plain(ratioInterval(compared) || "—"),
        ],
      })),
    })),
    note:
      "The answers over each tier were checked to be equal before timing, after writes and once the tier had " +
      "followed them.",
  };
}

function costTable(tiers: readonly TierSummary[]): ReportTable | null {
  if (tiers.length === 0) return null;
  return {
    id: "table-tiers",
    caption: "How old what tiers answered was, and what a read took in PostgreSQL",
    columns: [...words("Tier", "Arm"), ...numbers(...TIER_COLUMNS.map(capital))],
    groups: tiers.map((tier) => ({
      name: tier.tier,
      span: tier.arms.length,
      rows: tier.arms.map((arm) => ({ name: arm.arm, cells: tierRow(tier, arm).map(plain) })),
    })),
    note: "Stale: the age of what a read found, when it was sent, or answered from a cache. " +
      `Promised: ${PROMISED} ` +
      "Database/read: the mean over what was asked, a hit counted as nothing, by pg_stat_statements; saved: against the " +
      "same questions over the tables.",
  };
}
