import assert from "node:assert/strict";
import { withWorkbench } from "../../pipeline/testing.ts";
import type { Findings } from "../finding.ts";
import { smokeOf } from "../sizes.ts";
import { storeFindings } from "./task.ts";

Deno.test("deno task selfbench store", async (t) => {
  await withWorkbench(async (bench) => {
    await t.step("prints a table for people and the result as JSON", async () => {
      const { code, stdout, stderr } = await bench.run("selfbench", ["store", ...smokeOf("store"), "--json"]);
      assert.equal(code, 0, stderr);
      const { part, findings } = JSON.parse(stdout) as Findings;
      assert.equal(part, "store");
      assert.deepEqual(findings.map(({ unit }) => unit), ["rows/s", "rows/s", "bytes", "µs"]);
      assert.ok(findings.every(({ ours }) => ours!.low > 0));
      assert.ok(findings[1]!.ratio!.low > 0);
      assert.match(stderr, /load 20,000 timings/);
    });
  }, { untouched: true });
});

Deno.test("the store's goals are two million rows a second and sixteen bytes", () => {
  const round = {
    rows: 2e6,
    loadSeconds: 1,
    copySeconds: 0.8,
    storeBytes: 32e6,
    spoolSeconds: 0.2,
    spoolBytes: 130e6,
  };
  const reached = (changed: Partial<typeof round>) =>
    storeFindings([{ ...round, ...changed }], 1000).map(({ reached }) => reached);
  assert.deepEqual(reached({}), [true, null, true, null]);
  assert.deepEqual(reached({ loadSeconds: 1.01 }), [false, null, true, null]);
  assert.deepEqual(reached({ storeBytes: 32.1e6 }), [true, null, false, null]);
});
