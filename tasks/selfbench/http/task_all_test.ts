import assert from "node:assert/strict";
import { withWorkbench } from "../../pipeline/testing.ts";
import type { Findings } from "../finding.ts";
import { smokeOf } from "../sizes.ts";

Deno.test("deno task selfbench http", async (t) => {
  await withWorkbench(async (bench) => {
    await t.step(
      "sets Benchbook beside each peer against both servers, or says that it is missing",
      async () => {
        // Without any peer on PATH: a test must not fetch one.
        const { code, stdout, stderr } = await bench.run(
          "selfbench",
          ["http", ...smokeOf("http"), "--json"],
          { PATH: "/nonexistent" },
        );
        assert.equal(code, 0, stderr);
        const { part, findings, notMeasured } = JSON.parse(stdout) as Findings;
        assert.equal(part, "http");
        assert.deepEqual(notMeasured, []);
        const ours = findings.filter(({ ours }) => ours !== null);
        assert.equal(ours.length, 2);
        assert.ok(ours.every(({ ours }) => ours!.median > 0));
        const missing = findings.filter(({ ours }) => ours === null);
        assert.deepEqual(missing.map(({ peer }) => peer), [
          "autocannon",
          "wrk",
          "k6",
          "artillery",
          "autocannon",
          "wrk",
          "k6",
          "artillery",
        ]);
        assert.match(stderr, /k6: not found on PATH/);
      },
    );
  });
});
