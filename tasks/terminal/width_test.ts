import assert from "node:assert/strict";
import { join } from "node:path";
import { exampleRun, exampleSummary } from "../report/testing.ts";
import { exampleSearch } from "../report/testing_find_rate.ts";
import { withTempHome } from "../stack/testing.ts";
import { openStore } from "../store/open.ts";
import { insertRun } from "../store/runs.ts";
import { bareRun } from "../store/testing.ts";
import { findRateText } from "./find_rate_text.ts";
import { runsText } from "./runs_text.ts";
import { checksText, loadedText } from "./seed_text.ts";
import { summaryText } from "./summary_text.ts";
import { assertFits, NARROWEST, shownIn, WIDTHS } from "./testing_width.ts";
import { wrapText } from "./wrap.ts";

const LONG = "a label that somebody wrote at great length, before the index and after it, 日本語 ".repeat(3);

/** Everything that is a table, with its sentences, for a terminal of so many columns. */
function texts(columns: number): Record<string, string> {
  const run = { ...exampleRun(), label: LONG };
  const check = {
    kind: "distribution",
    table: "northwind.order_details",
    what: "share of products that are in four of five orders",
    expected: "0.2 ± 0.02",
    found: "0.207",
    ok: true,
  } as const;
  const every = {
    summary: summaryText(exampleSummary(), columns),
    "summary of a long label": summaryText(exampleSummary({ run }), columns),
    "find-rate": findRateText(exampleSearch(), columns),
    runs: runsText([{ ...exampleRun(), slots: 12_345, search: null }, { ...run, slots: 1, search: null }], [
      LONG,
    ], columns),
    checks: checksText([check], columns),
    loaded: loadedText(
      { "northwind.order_details": { rows: 2_155_000, seconds: 12 } } as never,
      { seconds: 14, bytes: 1e9, peakBytes: 1e8 },
      columns,
    ),
  };
  const width = { columns, prose: Math.min(100, columns) };
  return Object.fromEntries(Object.entries(every).map(([name, text]) => [name, wrapText(text, width)]));
}

for (const columns of WIDTHS) {
  Deno.test(`tables and sentences fit into ${columns} columns`, async (t) => {
    for (const [name, text] of Object.entries(texts(columns))) {
      assertFits(text, columns);
      if (columns < 120 && ["summary", "find-rate", "runs"].includes(name)) {
        await t.assertSnapshot(text, { name });
      }
    }
  });
}

Deno.test({
  name: `help and lists fit into a terminal of ${NARROWEST} columns`,
  ignore: Deno.build.os !== "linux",
  fn: () =>
    withTempHome(async (home) => {
      const env = { BENCHBOOK_HOME: home, BENCHBOOK_REPORTS: join(home, "reports") };
      const environment = { dataset: { name: "northwind", scale: "tiny" }, services: [] } as never;
      const store = await openStore(join(home, "reports", "benchbook.duckdb"), { mode: "write" });
      await insertRun(store, bareRun("20260301-140500-0a1b", { environment, label: LONG, scenario: LONG }));
      store.close();
      for (
        const call of [["bench", "--help"], ["runs"], ["bench", "no-such-scenario", "--rate", "0"]] as const
      ) {
        const { text } = await shownIn(NARROWEST, [...call], env);
        assert.notEqual(text.trim(), "");
        assertFits(text, NARROWEST);
      }
    }),
});
