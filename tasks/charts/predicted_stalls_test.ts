import assert from "node:assert/strict";
import { figure } from "./figure.ts";
import { type PredictedStall, predictedStalls } from "./predicted_stalls.ts";

const ROWS: readonly PredictedStall[] = [
  {
    change: "add-column, naive",
    predicted: { ms: 900, lowMs: 600, highMs: 1300 },
    measuredMs: 1520,
    outcome: "mismatch",
  },
  {
    change: "lock-queue, naive",
    predicted: { ms: 4000, lowMs: 4000, highMs: 4000 },
    measuredMs: 3980,
    outcome: "confirmed",
  },
  {
    change: "add-column, safe",
    predicted: { ms: 0, lowMs: 0, highMs: 2 },
    measuredMs: 0,
    outcome: "confirmed",
  },
  { change: "move-server, safe", predicted: null, measuredMs: 300, outcome: null },
];

Deno.test("predictedStalls draws the same picture for the same rows", async (t) => {
  await t.assertSnapshot(figure(predictedStalls(ROWS)).replaceAll("><", ">\n<"));
});

Deno.test("the sentence for the picture counts what was confirmed of what was predicted", () => {
  assert.equal(predictedStalls(ROWS).label, "Of 3 predicted stalls 2 are confirmed");
  assert.equal(predictedStalls(ROWS.slice(1, 2)).label, "Of 1 predicted stall 1 is confirmed");
});

Deno.test("a stall that could not be predicted stands in the table alone", () => {
  const { svg, table, label } = predictedStalls(ROWS.slice(3));
  assert.deepEqual(svg, []);
  assert.equal(label, "No stall was predicted");
  assert.deepEqual(table.rows, [["move-server, safe", "—", "—", "—", "300 ms", "not compared"]]);
});
