import type { ComparedRow, RunComparison } from "../../model/run_comparison.ts";

/** A comparison of two series of a run over two arms: one operation regressed over one arm, one improved. */
export function comparisonFixture(): RunComparison {
  const runs = (day: number) =>
    Array.from({ length: 5 }, (_, at) => ({
      runId: `202603${day}-100${at}00-000${at}`,
      startedAt: new Date(Date.UTC(2026, 2, day, 10, at)),
    }));
  const row = (
    [arm, operation, statistic]: [string | null, string | null, "p50" | "p95"],
    [baseMs, candidateMs]: [number | null, number | null],
    [ratio, low, high, floor]: [number, number, number, number | null],
    verdict: ComparedRow["verdict"],
  ): ComparedRow => ({
    arm,
    operation,
    statistic,
    baseMs,
    candidateMs,
    ratio,
    low,
    high,
    level: 0.95,
    floor,
    p: verdict === "inconclusive" ? 0.4 : 0.003,
    verdict,
    warnings: [],
  });
  const rate = (value: number) => ({ value, low: value / 2, high: value * 2, level: 0.95, warnings: [] });
  return {
    schema: 1,
    id: "compare-20260314-100000-0000-20260315-100000-0000",
    base: side("20260314-100000-0000", "before", "4f1c9ab2d0e37c58a6be1d90f3c2744b8d5e6a10", runs(14)),
    candidate: side("20260315-100000-0000", "after", "b7d2c01a94e2f6ce1b66d3a57a2f6ee0b4a8e9c2+", runs(15)),
    scenario: "access-paths",
    verdict: "regressed",
    reasons: [
      "Slower: order-details over sql (p50) 1.31×.",
      "Faster: product-by-id over graphql (p50) 0.880×.",
      "Over all operations response times are 1.08× (1.05 to 1.12): regressed.",
      "Noise floor: with nothing changed, two single runs differ by up to 2.8 % over all operations (95 %, from 10 runs of the same version).",
    ],
    differences: [],
    changes: [
      {
        what: "commit",
        base: "4f1c9ab2d0e37c58a6be1d90f3c2744b8d5e6a10",
        candidate: "b7d2c01a94e2f6ce1b66d3a57a2f6ee0b4a8e9c2+",
      },
      { what: "PostgreSQL work_mem", base: "4MB", candidate: "64MB" },
    ],
    statements: [{
      arm: "sql",
      operation: "order-details",
      changes: ["- WHERE order_id = $1", "+ WHERE order_id::text = $1::text"],
    }],
    plans: [{
      arm: "sql",
      operation: "order-details",
      changes: ["Index Scan using order_details_pkey on order_details → Seq Scan on order_details"],
    }],
    only: { base: { arms: [], operations: [] }, candidate: { arms: ["matview"], operations: [] } },
    rows: [
      row([null, null, "p50"], [null, null], [1.084, 1.05, 1.12, 1.028], "regressed"),
      row(["sql", null, "p50"], [0.914, 1.02], [1.12, 1.08, 1.16, 1.03], "regressed"),
      row(["sql", "product-by-id", "p50"], [0.409, 0.411], [1.004, 0.98, 1.03, 1.02], "equivalent"),
      row(["sql", "product-by-id", "p95"], [0.816, 0.809], [0.991, 0.92, 1.07, 1.05], "inconclusive"),
      row(["sql", "order-details", "p50"], [1.38, 1.81], [1.31, 1.24, 1.39, 1.03], "regressed"),
      row(["sql", "order-details", "p95"], [2.84, null], [1.9, 1.2, 2.9, 1.06], "inconclusive"),
      row(["graphql", null, "p50"], [2.28, 2.3], [1.01, 0.99, 1.04, 1.03], "equivalent"),
      row(["graphql", "product-by-id", "p50"], [0.967, 0.851], [0.88, 0.84, 0.92, 1.04], "improved"),
      row(["graphql", "product-by-id", "p95"], [1.99, 2.01], [1.01, 0.9, 1.14, null], "inconclusive"),
      row(["graphql", "order-details", "p50"], [3.41, 3.52], [1.03, 0.97, 1.1, 1.05], "inconclusive"),
      row(["graphql", "order-details", "p95"], [7.39, 7.5], [1.01, 0.93, 1.1, 1.08], "inconclusive"),
    ],
    errors: [
      {
        arm: "sql",
        base: rate(0.0028),
        candidate: rate(0.0123),
        unserved: { base: 0, candidate: 0.004 },
        more: true,
      },
      {
        arm: "graphql",
        base: rate(0.002),
        candidate: rate(0.002),
        unserved: { base: 0, candidate: 0 },
        more: false,
      },
    ],
    shifts: [{
      arm: "sql",
      operation: "order-details",
      levels: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95].map((level) => ({
        level,
        baseMs: 0.8 / (1 - level) ** 0.5,
        candidateMs: (1 + level / 2) * 0.8 / (1 - level) ** 0.5,
        ratio: 1 + level / 2,
        low: 0.95 + level / 2,
        high: 1.06 + level / 2,
      })),
    }],
    noise: { from: "repeats", runs: 10, twoRuns: 1.028 },
    warnings: [{
      code: "other-duration",
      text: "The runs measured for different times: caches may have been filled to another degree.",
    }],
    files: { html: null, pdf: null, markdown: null },
  };
}

function side(
  id: string,
  label: string,
  gitCommit: string,
  runs: RunComparison["base"]["runs"],
): RunComparison["base"] {
  return { id, label, runs, leftOut: [], gitCommit, fingerprint: "0123456789abcdef" };
}
