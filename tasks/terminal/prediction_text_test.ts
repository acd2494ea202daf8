import assert from "node:assert/strict";
import { CHECKED } from "../summary/migration/testing_prediction.ts";
import { stalledMigration } from "../summary/migration/testing_summary.ts";
import { predictionText } from "./prediction_text.ts";

Deno.test("the terminal has what was expected beside what came of it", () => {
  const shown = predictionText(stalledMigration({ predicted: CHECKED }), 120);
  assert.match(
    shown,
    /^Predicted stall 1\.4 s \(700 ms to 2\.8 s\); measured 3 s: not as predicted, out of the range and off by more than 25 % of what was measured or 50 ms\. Writes of/,
  );
  assert.match(
    shown,
    /AccessExclusive\s+AccessExclusive\s+1\.4 s \(700 ms to 2\.8 s\)\s+1\.5 s\s+✓ as predicted/,
  );
});

Deno.test("statements that are short, as was expected, are counted only", () => {
  const short = { ...CHECKED.statements[0]!, took: { ms: 2, lowMs: 1, highMs: 4 }, tookMs: 3 };
  const of = (statements: typeof CHECKED.statements) =>
    predictionText(stalledMigration({ predicted: { ...CHECKED, statements } }), 120).split("\n").at(-1);
  assert.equal(of([short, short]), "2 statements took less than 10 ms, as predicted.");
  assert.equal(of([...CHECKED.statements, short]), "1 other statement took less than 10 ms, as predicted.");
  assert.match(of([{ ...short, outcome: "mismatch" }])!, /✗ not as predicted/);
});

Deno.test("of a run without a prediction nothing is said", () => {
  assert.equal(predictionText(stalledMigration(), 120), "");
});
