import assert from "node:assert/strict";
import { historyFixture } from "../charts/testing_history.ts";
import { lintedAll } from "../lint/testing_linter.ts";
import { lintJson } from "../lint/json.ts";
import { lintSarif } from "../lint/sarif.ts";
import { exampleRun, exampleSummary } from "../report/testing.ts";
import { exampleSearch } from "../report/testing_find_rate.ts";
import { migratedSummary } from "../report/testing_migrated.ts";
import { comparisonFixture } from "../summary/compare/testing_comparison.ts";
import { stalledMigration } from "../summary/migration/testing_summary.ts";
import { EVERYTHING, HOSTILE, poisoned } from "../testing/hostile.ts";
import { inertJson } from "./command.ts";
import { compareText } from "./compare_text.ts";
import { doctorText } from "./doctor_text.ts";
import { findRateText } from "./find_rate_text.ts";
import { historyText } from "./history_text.ts";
import { lintText } from "./lint_text.ts";
import { migrationTable } from "./migration_table.ts";
import { migrationText } from "./migration_text.ts";
import { runsText } from "./runs_text.ts";
import { isPrintable, paragraph, printable, singleLine } from "./safe_text.ts";
import { seriesText } from "./series_text.ts";
import { summaryText } from "./summary_text.ts";

const FINDINGS = {
  statements: await lintedAll("ALTER TABLE t ADD UNIQUE (a)", "CREATE TABLE t (a int)"),
  counted: 1,
  source: "the database",
  version: 18,
  oldestTransaction: null,
  files: 1,
};

/** What tasks print of a text. */
const TEXTS: Readonly<Record<string, (text: string) => string>> = {
  runs: (text) => runsText([{ ...poisoned(exampleRun(), text), slots: 1, search: null }], [text]),
  bench: (text) => summaryText(poisoned(exampleSummary(), text, ["slo"]), 120),
  series: (text) => seriesText([poisoned(exampleSummary(), text), poisoned(exampleSummary(), text)], 120),
  "find-rate": (text) => findRateText(poisoned(exampleSearch(), text, ["slo"]), 120),
  compare: (text) => compareText(poisoned(comparisonFixture(), text), 120),
  history: (text) => historyText(poisoned(historyFixture(), text), 120),
  migrate: (text) => {
    const summary = poisoned(migratedSummary(stalledMigration()), text);
    return `${migrationText(summary, summary.migration!, 120)}\n${migrationTable([summary], 120)}`;
  },
  lint: (text) => lintText(poisoned(FINDINGS, text, ["kind"])),
  doctor: (text) => doctorText([{ name: "Redis", state: "missing", text, fix: text }]),
};

for (const [task, made] of Object.entries(TEXTS)) {
  Deno.test(`texts from outside are words at a terminal: ${task}`, () => {
    assert.ok(made("a text").includes("a text"));
    for (const [what, text] of [...HOSTILE, ["everything", EVERYTHING] as const]) {
      for (const line of printable(made(text)).split("\n")) {
        assert.ok(isPrintable(line), `${what}: ${JSON.stringify(line)}`);
        assert.doesNotMatch(line, /^(✔ PASS|error: none)/, what);
        assert.doesNotMatch(line, /^\s*::[\w-]+.*::|##\[/, what);
      }
    }
  });
}

Deno.test("commands of GitHub's runner are spelt out, and casts of SQL stay", () => {
  assert.equal(singleLine("::error file=a::x"), ":\\x3aerror file=a::x");
  assert.equal(
    paragraph("Cannot start:\n::stop-commands::t", "  "),
    "Cannot start:\n  :\\x3astop-commands::t",
  );
  assert.equal(singleLine("##[error]x"), "#\\x23[error]x");
  for (const text of ["a::int::text", "  ::numeric", "x::error", "# ## [1]"]) {
    assert.equal(singleLine(text), text);
  }
});

Deno.test("JSON says the same, and a terminal neither obeys nor hides anything of it", () => {
  for (const [what, text] of HOSTILE) {
    for (
      const value of [
        poisoned(comparisonFixture(), text),
        lintJson(poisoned(FINDINGS, text)),
        lintSarif(poisoned(FINDINGS, text, ["kind", "file"]), "1"),
        {
          [text]: text,
        },
      ]
    ) {
      const json = inertJson(JSON.stringify(value, null, 1));
      assert.deepEqual(JSON.parse(json), JSON.parse(JSON.stringify(value)), what);
      assert.doesNotMatch(json, /[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|[^\P{Cc}\n]|##\[/u, what);
    }
  }
});
