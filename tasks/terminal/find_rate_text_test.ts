import assert from "node:assert/strict";
import { exampleSearch } from "../report/testing_find_rate.ts";
import { findRateText, foundSentence, probeText } from "./find_rate_text.ts";

Deno.test("the end of a search reads the same for the same search", async (t) => {
  await t.assertSnapshot(findRateText(exampleSearch()));
});

Deno.test("a sentence a path says what holds, how sure that is, and what was the limit", () => {
  const path = exampleSearch().paths[0]!;
  const say = (changes: Partial<typeof path>) => foundSentence({ ...path, ...changes }, 0.05);
  assert.equal(say({}), "sql holds p95<200ms,errors<1% up to 1,200–1,253 requests/s (confirmed)");
  assert.equal(
    say({ interval: [0.512, 0.53], confirmed: false }),
    "sql holds p95<200ms,errors<1% up to 0.512–0.53 requests/s (not confirmed)",
  );
  assert.equal(
    say({ interval: [9600, null], limitedBy: "generator" }),
    "sql holds p95<200ms,errors<1% at least up to 9,600 requests/s (confirmed); " +
      "the generator, not the system, was the limit",
  );
  assert.match(
    say({ interval: [500, null], limitedBy: "system" }),
    /at least up to 500 .*contradict each other/,
  );
  assert.equal(
    say({ interval: [null, 20] }),
    "sql does not hold p95<200ms,errors<1% even at 20 requests/s (confirmed)",
  );
  assert.match(
    say({ interval: [500, null], stopped: "Cannot keep it." }),
    /at least up to 500 .*; the search ended there$/,
  );
  assert.equal(
    say({ interval: [1200, 4525] }),
    "sql holds p95<200ms,errors<1% up to at least 1,200/s and fails from 4,525/s (confirmed); " +
      "between them probes contradict each other",
  );
  assert.match(say({ interval: [2400, 4525] }), /between them nothing was probed$/);
  assert.match(say({ interval: [1200, 4525], stopped: "Cannot keep it." }), /up to 1,200–4,525 requests/);
  assert.match(say({ interval: [null, null], limitedBy: "generator" }), /every probe was invalid/);
  assert.match(say({ interval: [null, null], probes: [] }), /was not probed/);
});

Deno.test("a probe's line says why it did not hold", () => {
  const { probes } = exampleSearch().paths[0]!;
  assert.equal(probeText(probes[0]!), "holds, p95 16 ms, 600/s answered");
  assert.match(probeText(probes.find(({ outcome }) => outcome === "fails")!), /^fails, .*: sql misses p95/);
});

Deno.test("doubts are noted: a wide interval, and ends that are not confirmed", () => {
  const path = exampleSearch().paths[0]!;
  const say = (changes: Partial<typeof path>) =>
    findRateText(exampleSearch({ paths: [{ ...path, ...changes }], unavailable: [] }));
  assert.doesNotMatch(say({}), /•/);
  assert.match(
    say({ stopped: "Cannot keep it. Free space." }),
    /• sql: the search ended early. Cannot keep it\. Free/,
  );
  assert.match(
    say({ interval: [1200, 1697] }),
    /• sql: the ends could not be narrowed to 5 %, as probes contradict/,
  );
  assert.match(say({ confirmed: false }), /• sql: probes contradicted each other too much/);
  const invalid = path.probes.map((probe) => ({
    ...probe,
    outcome: probe.confirmation ? "invalid" as const : probe.outcome,
  }));
  assert.match(say({ confirmed: false, probes: invalid }), /• sql: confirmations were invalid/);
});
