import assert from "node:assert/strict";
import { withWorkbench } from "../../pipeline/testing.ts";
import type { Findings } from "../finding.ts";
import { smokeOf } from "../sizes.ts";

Deno.test("deno task selfbench load, beside its peers", async (t) => {
  await withWorkbench(async (bench) => {
    await t.step("prints a table for people and the result as JSON", async () => {
      const only = ["--only", "throughput,recording,freeze,memory"];
      const args = ["load", ...only, ...smokeOf("load"), "--json"];
      const { code, stdout, stderr } = await bench.run("selfbench", args);
      assert.equal(code, 0, stderr);
      const result = JSON.parse(stdout) as Findings;
      assert.equal(result.part, "load");
      assert.ok(result.machine.postgres);
      const closed = result.findings[0]!;
      assert.match(closed.what, /closed loop of 8/);
      assert.ok(closed.ours!.median > 0);
      // Beside each peer there is a ratio, or a word on why there is none.
      const beside = result.findings.filter(({ what }) => what === closed.what);
      for (const name of ["pgbench", "k6", "artillery"]) {
        const { ratio, note } = beside.find(({ peer }) => peer?.toLowerCase().startsWith(name))!;
        assert.ok(ratio !== null || note !== null, name);
      }
      assert.ok(result.findings.some(({ what }) => /^recording's share/.test(what)));
      assert.ok(result.findings.some(({ what }) => what === "longest known response time"));
      assert.ok(result.findings.some(({ what }) => /^memory over/.test(what)));
      assert.deepEqual(result.notMeasured, [
        "accuracy (left out by --only).",
        "observing (left out by --only).",
        "validity (left out by --only).",
      ]);
      assert.match(stderr, /SQL, closed loop of 8 +[\d,]+ requests\/s/);
    });
  });
});
