import assert from "node:assert/strict";
import { limitOf, SHARES, SIZES } from "./level_shift_limits.ts";
import { evidenceOfNone, WORST } from "./testing_level_shift.ts";

const RUNS = 1000;

Deno.test("of 1,000 series without a shift no more exceed the limits than their share, whatever the noise", () => {
  for (const n of SIZES.filter((size) => size <= 120)) {
    for (const noise of [{ memory: 0 }, { memory: 0.3 }, ...WORST]) {
      const evidence = evidenceOfNone(n, noise, RUNS, 2);
      for (const share of SHARES) {
        const above = evidence.filter((each) => each > limitOf(n, share)).length / RUNS;
        // Three standard errors, of this simulation and of the one that the limits come from.
        assert.ok(
          above <= share + 4 * Math.sqrt(share * (1 - share) / RUNS),
          `${n} ${JSON.stringify(noise)}: ${above}`,
        );
      }
    }
  }
});
