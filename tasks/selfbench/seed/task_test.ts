import assert from "node:assert/strict";
import { withWorkbench } from "../../pipeline/testing.ts";

Deno.test("deno task selfbench seed", async (t) => {
  await withWorkbench(async (bench) => {
    await t.step("lists its parts, and a part its options", async () => {
      const parts = await bench.run("selfbench", ["--help"]);
      assert.equal(parts.code, 0);
      assert.match(parts.stdout, /^ {2}seed +the seeding against PostgreSQL/m);
      const options = await bench.call("selfbench", ["seed", "--help"]);
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
        const { code, stdout, stderr } = await bench.call("selfbench", args);
        assert.match(stdout + stderr, said);
        assert.equal(code, 2);
      }
    });
  }, { untouched: true });
});
