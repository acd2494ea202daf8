import assert from "node:assert/strict";
import { exampleSearch } from "../report/testing_find_rate.ts";
import { findRateText, foundSentence, probeText } from "./find_rate_text.ts";

Deno.test("the end of a search reads the same for the same search", async (t) => {
  await t.assertSnapshot(findRateText(exampleSearch()));
});

Deno.test("a sentence an arm says what holds, how sure that is, and what was the limit", () => {
  const arm = exampleSearch().arms[0]!;
  const say = (changes: Partial<typeof arm>) => foundSentence({ ...arm, ...changes });
  assert.equal(
    say({}),
    "sql: the highest rate that meets p95<200ms,errors<1% is between 1,200 and 1,253 requests/s (confirmed by longer " +
      "probes)",
  );
  assert.match(
    say({ interval: [0.512, 0.53], confirmed: false }),
    /between 0\.512 and 0\.53 .* \(not confirmed\)$/,
  );
  assert.equal(
    say({ interval: [9600, null], limitedBy: "generator" }),
    "sql meets p95<200ms,errors<1% up to at least 9,600 requests/s (confirmed by longer probes); above that the load " +
      "generator, not the system, was the limit",
  );
  assert.match(
    say({ interval: [500, null], limitedBy: "system" }),
    /up to at least 500 .*; above that repeated probes disagreed/,
  );
  assert.equal(
    say({ interval: [null, 20] }),
    "sql misses p95<200ms,errors<1% even at 20 requests/s (confirmed by longer probes)",
  );
  assert.match(
    say({ interval: [500, null], stopped: "Cannot keep it." }),
    /at least 500 .*; the search ended before any higher rate failed$/,
  );
  assert.match(say({ interval: [null, null], limitedBy: "generator" }), /was the limit in every probe$/);
  assert.match(say({ interval: [null, null], probes: [] }), /was not probed/);
});

Deno.test("a probe's line says why it did not hold", () => {
  const { probes } = exampleSearch().arms[0]!;
  assert.equal(probeText(probes[0]!), "holds, p95 16 ms, 600/s answered");
  assert.match(probeText(probes.find(({ outcome }) => outcome === "fails")!), /^fails, .*: sql misses p95/);
});

Deno.test("doubts are noted: a wide interval, and ends that are not confirmed", () => {
  const arm = exampleSearch().arms[0]!;
  const say = (changes: Partial<typeof arm>) =>
    findRateText(exampleSearch({ arms: [{ ...arm, ...changes }], unavailable: [] }));
  assert.doesNotMatch(say({}), /•/);
  assert.match(
    say({ stopped: "Cannot keep it. Free space." }),
    /• sql: the search ended early. Cannot keep it\. Free/,
  );
  assert.match(
    say({ interval: [1200, 1697] }),
    /• sql: the two rates are 41 % apart instead of 5 %, because repeated probes between them disagreed\. A longer/,
  );
  assert.match(say({ interval: [2400, 4525] }), /because no rate between them was probed\./);
  assert.match(
    say({ confirmed: false }),
    /• sql: not confirmed, because repeated probes disagreed\. Use a longer/,
  );
  const invalid = arm.probes.map((probe) => ({
    ...probe,
    outcome: probe.confirmation ? "invalid" as const : probe.outcome,
  }));
  assert.match(
    say({ confirmed: false, probes: invalid }),
    /• sql: not confirmed, because confirming probes were invalid/,
  );
});
