import assert from "node:assert/strict";
import { exampleRun, exampleSummary } from "../report/testing.ts";
import { doctorText } from "./doctor_text.ts";
import { runsText } from "./runs_text.ts";
import { summaryText } from "./summary_text.ts";
import { formatTable } from "./table.ts";

Deno.test("the end of a bench reads the same for the same run", async (t) => {
  await t.assertSnapshot(summaryText(exampleSummary()));
});

Deno.test("the end of an invalid closed-loop run says so first, and names what was not available", async (t) => {
  const run = exampleRun();
  const config = {
    ...run.config,
    loop: "closed" as const,
    ratePerSecond: null,
    concurrency: 8,
    unavailableArms: [{ arm: "sql+cache", reason: "Redis is not installed." }],
  };
  const summary = exampleSummary({
    run: { ...run, config },
    verdict: "invalid",
    reasons: ["The generator paused for 412 ms."],
    operations: [],
    comparisons: [],
  });
  const text = summaryText(summary);
  assert.match(text, /^INVALID: The generator paused/);
  await t.assertSnapshot(text);
});

Deno.test("the list of runs is a table, and without runs a sentence", async (t) => {
  await t.assertSnapshot(runsText([{ ...exampleRun(), slots: 12_345 }]));
  assert.equal(runsText([]), "No runs are stored yet. deno task bench makes one.");
});

Deno.test("what doctor found has an arrow where something can be done", async (t) => {
  await t.assertSnapshot(doctorText([
    { name: "Deno", state: "ok", text: "2.9.6", fix: null },
    { name: "Redis", state: "missing", text: "not found", fix: "Install redis-server." },
    { name: "Memory", state: "warn", text: "1 GB", fix: null },
  ]));
});

Deno.test("columns are aligned and nothing trails", () => {
  const columns = [{ title: "a", align: "left" }, { title: "number", align: "right" }] as const;
  assert.equal(
    formatTable(columns, [["long name", "1"], ["x", ""]]).split("\n").join("|"),
    "a          number|─────────  ──────|long name       1|x",
  );
});
