import assert from "node:assert/strict";
import { join } from "node:path";
import { historyFixture } from "../charts/testing_history.ts";
import { lintedAll } from "../lint/testing_linter.ts";
import { lintJson } from "../lint/json.ts";
import { lintSarif } from "../lint/sarif.ts";
import { exampleRun, exampleSummary } from "../report/testing.ts";
import { exampleSearch } from "../report/testing_find_rate.ts";
import { migratedSummary } from "../report/testing_migrated.ts";
import { storedProbe } from "../report/testing_probe_page.ts";
import type { DatabaseRemoval } from "../seed/database_removal.ts";
import { comparisonFixture } from "../summary/compare/testing_comparison.ts";
import { CHECKED } from "../summary/migration/testing_prediction.ts";
import { stalledMigration } from "../summary/migration/testing_summary.ts";
import { withTempDir } from "../store/testing.ts";
import { EVERYTHING, HOSTILE, poisoned } from "../testing/hostile.ts";
import { inertJson } from "./command.ts";
import { compareText } from "./compare_text.ts";
import { doctorText } from "./doctor_text.ts";
import { findRateText } from "./find_rate_text.ts";
import { historyText } from "./history_text.ts";
import { lintText } from "./lint_text.ts";
import { migrationTable } from "./migration_table.ts";
import { migrationText } from "./migration_text.ts";
import { liveLine, liveLines, type LiveState } from "./live_text.ts";
import { planText } from "./plan_text.ts";
import { predictionText } from "./prediction_text.ts";
import { probeText } from "./probe_text.ts";
import { removalText } from "./removal_text.ts";
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

const PROBE = (await storedProbe()).summary;

const REMOVAL: DatabaseRemoval = {
  database: "db",
  datasets: [{ name: "d", marker: { status: "complete", scale: "s", seed: 1, variation: "v" } as never }],
  schemas: ["s"],
  tables: [{ table: "s.t", rows: 1, bytes: 1 }],
  holdings: { own: [{ object: "view v" }] } as never,
  privileges: ["p"],
  known: {} as never,
};

const live = (arm: string): LiveState => ({
  elapsedUs: 1e6,
  totalUs: 9e6,
  phase: { warmup: false, arm },
  counts: { due: 9, failed: 1, timeout: 0, shed: 0, inFlight: 1 },
  figures: {
    offeredPerSecond: 9,
    achievedPerSecond: 9,
    p50Ms: 1,
    p95Ms: 1,
    p99Ms: 1,
    hitRate: null,
    lagP99Ms: 1,
  },
  closed: false,
});

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
  probe: (text) => {
    const { summary } = poisoned({ summary: PROBE }, text);
    return probeText(summary, summary.probe, 120);
  },
  prediction: (text) => predictionText(poisoned({ predicted: CHECKED, steps: [] }, text), 120),
  plans: (text) => planText([{ arm: text, operation: text, planChanges: [text, text] } as never]),
  clean: (text) => removalText(poisoned(REMOVAL, text), text),
  "a run's step": (text) => `${liveLine(live(text))}\n${liveLines(live(text))}`,
  doctor: (text) => doctorText([{ name: "Redis", state: "missing", text, fix: text }]),
};

function assertWords(line: string, what: string): void {
  assert.ok(isPrintable(line), `${what}: ${JSON.stringify(line)}`);
  assert.doesNotMatch(line, /^(✔ PASS|error: none)/, what);
  assert.doesNotMatch(line, /^\s*::[\w-]+.*::|##\[/, what);
}

for (const [task, made] of Object.entries(TEXTS)) {
  Deno.test(`texts from outside are words at a terminal: ${task}`, () => {
    assert.ok(made("a text").includes("a text"));
    for (const [what, text] of [...HOSTILE, ["everything", EVERYTHING] as const]) {
      for (const line of printable(made(text)).split("\n")) assertWords(line, what);
    }
  });
}

/** Errors, steps and notes of a task that is not at a terminal, of each text. */
const TASK = `
import { command, exitCodeOf } from ${JSON.stringify(import.meta.resolve("./command.ts"))};
import { ServiceError } from ${JSON.stringify(import.meta.resolve("../model/errors.ts"))};
import { EVERYTHING, HOSTILE } from ${JSON.stringify(import.meta.resolve("../testing/hostile.ts"))};
import { openTerminal } from ${JSON.stringify(import.meta.resolve("./terminal.ts"))};
const terminal = openTerminal({ json: false });
for (const [what, text] of [...HOSTILE, ["everything", EVERYTHING]]) {
  await exitCodeOf(() => terminal.step(text, async (progress) => {
    progress.note(text);
    return { value: 1, detail: text };
  }));
  await exitCodeOf(() => terminal.step(text, async () => {
    throw new ServiceError(\`Cannot ask: \${text}\`, \`Look at \${text}\`);
  }));
  await exitCodeOf(() => Promise.reject(new Error(text)));
  await exitCodeOf(() => command("x", "X.").parseAsync([\`--\${text}\`], { from: "user" }));
}
`;

Deno.test("texts from outside are words in a log: errors, steps, and options that nobody knows", () =>
  withTempDir(async (dir) => {
    const file = join(dir, "task.ts");
    await Deno.writeTextFile(file, TASK);
    const config = join(import.meta.dirname!, "../../deno.json");
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--quiet", "--no-check", "--config", config, file],
    }).output();
    const said = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes)).join("");
    assert.equal(code, 0, said);
    assert.ok(said.split("\n").length > 6 * HOSTILE.length);
    for (const line of said.split("\n")) assertWords(line, "a log");
  }));

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
