import assert from "node:assert/strict";
import { withWorkbench } from "../../pipeline/testing.ts";
import type { SeedBenchResult } from "./result.ts";

Deno.test("deno task selfbench seed", async (t) => {
  await withWorkbench(async (bench) => {
    await t.step("prints a table for people and the result as JSON, and leaves nothing behind", async () => {
      const short = ["--scale", "tiny", "--pairs", "2", "--whole-pairs", "1", "--workers", "1"];
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

    await t.step("lists its parts, and a part its options", async () => {
      const parts = await bench.run("selfbench", ["--help"]);
      assert.equal(parts.code, 0);
      assert.match(parts.stdout, /^ {2}seed +the seeding against PostgreSQL/m);
      const options = await bench.run("selfbench", ["seed", "--help"]);
      assert.equal(options.code, 0);
      assert.match(options.stdout, /--whole-pairs <n>/);
    });

    await t.step("a mistake is a usage error that says what was meant", async () => {
      const mistakes: [string[], RegExp][] = [
        [["sead"], /no such part[\s\S]*Did you mean "seed"\?/],
        [["seed", "--scale", "ful"], /scale "ful"[\s\S]*Did you mean "full"\?/],
        [["seed", "--pairs", "0"], /number of pairs must be a whole number from 1 to 100/],
        [["seed", "--pair", "3"], /Did you mean --pairs\?/],
      ];
      for (const [args, said] of mistakes) {
        const { code, stdout, stderr } = await bench.run("selfbench", args);
        assert.match(stdout + stderr, said);
        assert.equal(code, 2);
      }
    });
  });
});
