import type { CheckedPrediction } from "../../model/prediction.ts";

/** A column's addition that took as long as was expected, and of which users saw more. */
export const CHECKED: CheckedPrediction = {
  statements: [{
    step: 1,
    statement: 1,
    lock: "AccessExclusiveLock",
    relation: "northwind.orders",
    rewrites: [],
    took: { ms: 1400, lowMs: 700, highMs: 2800 },
    why: "changes the catalogue alone",
    tookMs: 1500,
    lockSeen: "AccessExclusiveLock",
    rewritten: [],
    outcome: "confirmed",
    differs: [],
  }],
  stall: { ms: 1400, lowMs: 700, highMs: 2800 },
  stallMs: 3000,
  outcome: "mismatch",
  why: "writes of northwind.orders wait for 1.4 s.",
  rates: "Nothing had to be measured for it: all of it is small.",
};
