import assert from "node:assert/strict";
import { withWorkbench } from "../../pipeline/testing.ts";
import { smokeOf } from "../sizes.ts";
import type { SeedBenchResult } from "./result.ts";

Deno.test("deno task selfbench seed, beside its peers", async (t) => {
  await withWorkbench(async (bench) => {
    await t.step("prints a table for people and the result as JSON, and leaves nothing behind", async () => {
      const short = ["--scale", "tiny", "--workers", "1", ...smokeOf("seed")];
      const { code, stdout, stderr } = await bench.run("selfbench", ["seed", ...short, "--json"]);
      assert.equal(code, 0, stderr);
      const result = JSON.parse(stdout) as SeedBenchResult;
      assert.equal(result.part, "seed");
      assert.equal(result.scale, "tiny");
      // With one connection there is no other peer by one.
      assert.deepEqual(result.contests.map(({ peers }) => peers.length), [1, 2]);
      assert.equal(result.machine.settings["fsync"], "on");
      assert.deepEqual(result.contests.map(({ ours }) => ours.seconds.length), [2, 1]);
      assert.match(stderr, /rows +Benchbook by 1 connection/);
      assert.match(stderr, /all sides loaded the same rows/);
      assert.throws(() => Deno.statSync(`${bench.home}/selfbench`), Deno.errors.NotFound);
    });
  });
});
