import assert from "node:assert/strict";
import { contest, finding, type Findings, missingPeer } from "./finding.ts";
import { findingsText } from "./finding_text.ts";

const contested = contest(
  { what: "asking", unit: "requests/s", peer: "it" },
  [90, 200, 80],
  [100, 220, 100],
  0.9,
);

Deno.test("a ratio is taken round by round, and its median decides about the goal", () => {
  assert.equal(contested.ratio!.median, 0.9);
  assert.equal(contested.ratio!.low, 0.8);
  assert.equal(contested.reached, true);
  assert.equal(contest({ what: "", unit: "", peer: "" }, [89], [100], 0.9).reached, false);
  assert.equal(contest({ what: "", unit: "", peer: "" }, [89], [100], null).reached, null);
});

const result: Findings = {
  part: "load",
  findings: [
    contested,
    missingPeer("asking", "requests/s", "other", "not found on PATH"),
    finding({ what: "refusing", unit: "", goal: "refused", reached: false, note: "it was taken for valid" }),
  ],
  notMeasured: ["the rest."],
  machine: {
    cpu: "Some CPU",
    cores: 2,
    memoryBytes: 8 * 2 ** 30,
    os: "Some Linux 12",
    kernel: "Linux 6.12.0",
    deno: "2.9.6",
    postgres: "18.4",
    loadAverage: 0.2,
  },
};

Deno.test("findings read the same for the same figures", async (t) => {
  await t.assertSnapshot(findingsText(result));
});

Deno.test("a busy machine is named", () => {
  const busy = findingsText({ ...result, machine: { ...result.machine, loadAverage: 3.44 } });
  assert.match(busy, /busy before it began \(load average 3.4 on 2 cores\)/);
  assert.doesNotMatch(findingsText(result), /busy/);
});
