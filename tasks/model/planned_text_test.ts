import assert from "node:assert/strict";
import { plannedText, plannedTime } from "./planned_text.ts";

Deno.test("a plan says how long, for what, and why", () => {
  const text = plannedText([{ operation: null, pairs: 9, seconds: 40 }, {
    operation: "one",
    pairs: 9,
    seconds: 100.2,
  }, {
    operation: "other",
    pairs: 9,
    seconds: 330,
  }], 1.05);
  assert.equal(
    text,
    "With the noise that was measured, nine of ten runs of 5 min 30 s show 5 % in each operation's median; other takes " +
      "that long. Over all operations together 40 s would show it.",
  );
});

Deno.test("what takes days is said to, with the change that a day would show", () => {
  const text = plannedText([{ operation: "one", pairs: 9, seconds: 4 * 24 * 3600 }], 1.001);
  assert.match(text, /runs of 4 days show 0\.1 % in each operation's median/);
  assert.match(text, /A day would show 0\.2 %\. Plan for a larger change, or make less noise/);
  assert.deepEqual([30 * 3600, 3.14 * 86400, 400 * 86400].map(plannedTime), [
    "30 hours",
    "3.1 days",
    "400 days",
  ]);
});

Deno.test("where too little was measured nothing is planned", () => {
  assert.match(
    plannedText(
      [{ operation: null, pairs: 9, seconds: 3 }, { operation: "one", pairs: 9, seconds: null }],
      1.05,
    ),
    /^Too little was measured of one to plan for 5 %/,
  );
  assert.match(plannedText([], 1.05), /^Too little was measured of anything/);
});

Deno.test("of several candidates what was too little is named once", () => {
  const unknown = (operation: string | null) => ({ operation, pairs: null, seconds: null });
  assert.equal(
    plannedText([...["a", "b", null].map(unknown), ...["a", "b", null].map(unknown)], 1.05),
    "Too little was measured of a, b and all operations together to plan for 5 %: measure for longer first.",
  );
});
