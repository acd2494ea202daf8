import assert from "node:assert/strict";
import type { HistoryPoint } from "../model/history.ts";
import { figure } from "./figure.ts";
import { historyLines } from "./history_lines.ts";

const points = ["sql", "graphql"].flatMap((arm, of) =>
  [4, 4.1, 3.9, 5, 5.1].map((ms, day): HistoryPoint => ({
    arm,
    at: new Date(Date.UTC(2026, 2, 1 + day)),
    run: `run-${day}`,
    stretch: day === 0 ? "before" : "now",
    ms: ms * (1 + of),
    change: day === 3 ? 1.25 : null,
  }))
);

Deno.test("historyLines draws the same picture for the same runs", async (t) => {
  await t.assertSnapshot(figure(historyLines(points)).replaceAll("><", ">\n<"));
});

Deno.test("a history says where its level changed, and that it did not", () => {
  assert.match(historyLines(points).label, /^sql 1\.25× slower from 2026-03-04 00:00 UTC on; graphql 1\.25×/);
  assert.match(historyLines([]).label, /No change of level was found/);
});
