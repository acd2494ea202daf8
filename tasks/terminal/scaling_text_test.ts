import assert from "node:assert/strict";
import type { ScalingSummary, ServedArm } from "../model/scaling.ts";
import { exampleSummary } from "../report/testing.ts";
import { scalingTable } from "../report/sections/scaling.ts";
import { Footnotes } from "../report/cells.ts";
import { scalingText } from "./scaling_text.ts";
import { assertFits, WIDTHS } from "./testing_width.ts";
import { summaryText } from "./summary_text.ts";
import { wrapText } from "./wrap.ts";

const served = (arm: string, more: Partial<ServedArm> = {}): ServedArm => ({
  ...{ arm, instances: 1, balancer: "client", services: ["graphql"], sharedWith: [] },
  ...{ cpuCores: 0.981, balancerCores: null, against: null, throughputRatio: null },
  ...more,
});
const ratio = { value: 1.08, low: 0.97, high: 1.2, level: 0.95, warnings: [] };
const NOTE = "The CPU was saturated: 98 % of 2 cores were busy.";
const SCALING: ScalingSummary = {
  arms: [
    served("graphql", { sharedWith: ["sql+cache"] }),
    served("sql+cache", { instances: null, balancer: null, cpuCores: null }),
    served("sql", {
      ...{ instances: 3, balancer: "haproxy", cpuCores: 1.3, balancerCores: 0.11 },
      ...{ against: "graphql", throughputRatio: ratio },
    }),
  ],
  busy: 0.98,
  notes: [NOTE],
};

Deno.test("the terminal tells arms by their instances, with ratio, interval, cores and what limits them", () => {
  const summary = exampleSummary({ scaling: SCALING });
  const text = scalingText(summary, 120);
  const lines = text.split("\n");
  assert.equal(lines[0], "GraphQL by instances:");
  assert.match(text, /^graphql +1 +client .* 0\.981 cores$/m);
  assert.match(text, /^sql\+cache +not known +yours .* —$/m);
  assert.match(text, /^sql +3 +HAProxy +\S+ +1\.08× +0\.97–1\.2 +\S+ ms +1\.3 \+ 0\.11 \(HAProxy\) cores$/m);
  assert.equal(lines.at(-1), NOTE);
  assert.ok(summaryText(summary, 120).includes(text));
  for (const columns of WIDTHS) {
    assertFits(wrapText(scalingText(summary, columns), { columns, prose: columns }), columns);
  }
  assert.equal(scalingText(exampleSummary(), 120), "");
});

Deno.test("the report has the same in a table, and none where each arm was served by one process", () => {
  const footnotes = new Footnotes();
  assert.equal(scalingTable(exampleSummary(), footnotes), null);
  const { groups, note } = scalingTable(exampleSummary({ scaling: SCALING }), footnotes)!;
  assert.deepEqual(
    groups.map(({ name, rows: [row] }) => [name, row!.name, row!.cells[0]!.text, row!.cells[3]!.text]),
    [
      ["graphql", "client", "1", "—"],
      ["sql+cache", "yours", "not known", "—"],
      ["sql", "HAProxy", "3", "0.970 to 1.20"],
    ],
  );
  assert.match(note, /in those of all that share them: graphql\. The CPU was saturated/);
});
