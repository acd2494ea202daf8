import assert from "node:assert/strict";
import { withWorkbench } from "../../pipeline/testing.ts";

Deno.test("deno task selfbench load", async (t) => {
  await withWorkbench(async (bench) => {
    await t.step("a mistake is a usage error", async () => {
      const mistakes: [string[], RegExp][] = [
        [["--only", "speed"], /no "speed"\. Known: throughput/],
        [["--rounds", "0"], /number of rounds must be a whole number/],
      ];
      for (const [args, said] of mistakes) {
        const { code, stdout, stderr } = await bench.call("selfbench", ["load", ...args]);
        assert.match(stdout + stderr, said);
        assert.equal(code, 2);
      }
    });
  }, { untouched: true });
});
