import assert from "node:assert/strict";
import { tooShortText, type UntilDecidedSummary, untilDecidedText } from "./until_decided.ts";

const DECIDED: UntilDecidedSummary = {
  margin: 0.05,
  looks: [40, 80, 120, 160, 200],
  rounds: 80,
  look: 2,
  seconds: 24,
  mostSeconds: 60,
  decided: true,
  asked: 7,
  open: [],
  requiredSeconds: null,
};
const open = ["a", "b", "c", "d"].map((operation) => ({ operation, candidate: "twin", ratio: 1.04 }));
const UNDECIDED = { ...DECIDED, rounds: 200, look: 5, seconds: 60, decided: false, open };

Deno.test("a run says after how many looks it knew, and how much of its time that took", () => {
  assert.equal(
    untilDecidedText(DECIDED, true),
    "Decided after 2 of 5 looks and 24 s, 40 % of the 1 min that it could take: 7 comparisons over all operations and " +
      "of medians, each faster, slower, or equivalent within 5 %.",
  );
});

Deno.test("one that does not says what is open, and how long that takes", () => {
  const longer = untilDecidedText({ ...UNDECIDED, requiredSeconds: 600 }, true);
  assert.match(
    longer,
    /^Undecided after all of 5 looks and 1 min, 100 % .*: 4 of 7 comparisons inconclusive \(/,
  );
  assert.match(longer, /a of twin, b of twin, c of twin and 1 more\)/);
  assert.match(longer, /about 10 min to tell a change of 5 %: give --duration so much, or a larger share\.$/);
  assert.match(
    untilDecidedText({ ...UNDECIDED, requiredSeconds: 50 }, true),
    /50 s mostly tell .* close to it/,
  );
  assert.match(untilDecidedText(UNDECIDED, true), /Too little was measured/);
});

Deno.test("one that was interrupted was not decided", () => {
  assert.match(
    untilDecidedText({ ...UNDECIDED, rounds: 100, look: 2, seconds: 30 }, false),
    /^It was not decided when the run ended, after 2 of 5 looks and 30 s/,
  );
});

Deno.test("a run whose time will not do says so early", () => {
  const plan = { margin: 0.001, mostSeconds: 60 };
  assert.match(
    tooShortText(260_000, plan)!,
    /^with this noise it takes about 3 days to tell a change of 0.1 %: the 1 min of --duration will most likely/,
  );
  assert.equal(tooShortText(100, plan), null);
});
