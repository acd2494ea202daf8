import assert from "node:assert/strict";
import { figure } from "./figure.ts";
import { type ProbeBin, probeTimeline } from "./probe_timeline.ts";

/** Four seconds at 20 requests/s, in which nothing succeeds from 2 s to 3 s, and some fail. */
const BINS: readonly ProbeBin[] = [0, 1, 2, 3].flatMap((second) =>
  ["reads", "writes"].map((series): ProbeBin => {
    const isOut = second === 2;
    return {
      series,
      second,
      width: 1,
      n: 10,
      ok: isOut ? 6 : 10,
      errors: isOut ? 4 : 0,
      p50: isOut ? 500 : 1,
      slowest: isOut ? 1000 : series === "reads" ? 2 : 4,
    };
  })
);
const MARKS = {
  pauses: [{ fromUs: 2e6, untilUs: 3e6 }],
  changes: [{ atUs: 0, text: "10.0.0.1:5432" }, { atUs: 2.9e6, text: "10.0.0.2:5432, timeline 1 → 2" }],
};

Deno.test("probeTimeline draws the same picture for the same rows", async (t) => {
  await t.assertSnapshot(figure(probeTimeline(BINS, MARKS)).replaceAll("><", ">\n<"));
});

Deno.test("the sentence for the picture tells pauses, errors and changes of the server", () => {
  const { label, svg, legend } = probeTimeline(BINS, MARKS);
  assert.equal(label, "4 s with 1 pause, the longest 1 s, 8 errors and 1 change of the server");
  assert.equal(svg.length, 3);
  assert.deepEqual(legend.map(({ name }) => name), [
    "reads",
    "writes",
    "pause",
    "server changed, away or back",
  ]);
});

Deno.test("without pauses and errors nothing stands for them", () => {
  const well = BINS.filter(({ errors }) => errors === 0);
  const { label, svg, legend } = probeTimeline(well, { pauses: [], changes: MARKS.changes.slice(0, 1) });
  assert.equal(label, "4 s with 0 pauses, no errors and 0 changes of the server");
  assert.equal(svg.length, 2);
  assert.deepEqual(legend.map(({ name }) => name), ["reads", "writes"]);
});

Deno.test("of a run that is no probe there is an empty picture", () => {
  assert.match(probeTimeline([], { pauses: [], changes: [] }).label, /0 pauses/);
});
