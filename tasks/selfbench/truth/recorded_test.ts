import assert from "node:assert/strict";
import { openStore } from "../../store/open.ts";
import { withTempDir } from "../../store/testing.ts";
import { FIXTURE_ARMS, fixtureRun } from "../../summary/testing.ts";
import { DEFAULT_MINUTE } from "./power.ts";
import { type RecordedArm, recordedArms, recordedCoverage, recordedPower, stretches } from "./recorded.ts";
import { generator } from "./simulated_run.ts";

/** An arm whose blocks vary by 2 %, with as many requests of each operation as a default minute has. */
function arm(seed: number): RecordedArm {
  const random = generator(seed);
  const blocks = Array.from({ length: 90 }, () => {
    const level = 0.02 * random.normal();
    return Object.fromEntries(DEFAULT_MINUTE.operations.map(({ name, weight }, place) => {
      const times = Array.from(
        { length: random.poisson(0.12 * weight) },
        () => Math.exp(level + place + 0.2 * random.normal()),
      );
      return [name, times];
    }));
  });
  return { runId: "r", arm: "sql", blocks };
}

Deno.test("a store's complete default runs give the blocks of each arm, and one with few blocks none", () =>
  withTempDir(async (dir) => {
    const { db, runId } = await fixtureRun(dir, { blocks: 32, blockSeconds: 0.4, washoutSeconds: 0.1 });
    const store = await openStore(db, { mode: "read" });
    try {
      const arms = await recordedArms(store);
      assert.deepEqual(arms.map((each) => [each.runId, each.arm, each.blocks.length]), [
        ...FIXTURE_ARMS.toSorted().map((arm) => [runId, arm, 32]),
      ]);
      const [{ n }] = await store.rows<{ n: number }>(
        "SELECT count(response_ms) AS n FROM request WHERE run_id = $run AND measured AND arm = 'sql'",
        { run: runId },
      ) as [{ n: number }];
      const own = arms.find(({ arm }) => arm === "sql")!.blocks.flatMap((block) =>
        Object.values(block).flat()
      );
      assert.equal(own.length, Number(n));
    } finally {
      store.close();
    }
    const few = await fixtureRun(`${dir}/few`, { blocks: 12 });
    const other = await openStore(few.db, { mode: "read" });
    assert.deepEqual(await recordedArms(other), []);
    other.close();
  }));

Deno.test("redrawn blocks of a quiet machine show effects that are multiplied in, twins none, and intervals hold", () => {
  const arms = [arm(1), arm(2), arm(3)];
  const { median10, all5, wrong } = recordedPower(arms, 12);
  assert.ok(median10 >= 0.7 && all5 >= 0.7 && wrong <= 0.3, `${median10} ${all5} ${wrong}`);
  const { ours, cell } = recordedCoverage(arms, 0.5, 100);
  assert.ok(ours.high >= 0.93 && ours.low <= 0.97, `${ours.share}`);
  assert.deepEqual([cell.blocks, cell.requests], [90, 12]);
});

Deno.test("stretches are of neighbours, five of them on average, and go round at the end", () => {
  const { uniform } = generator(7);
  const drawn = stretches(10, 10_000, uniform);
  assert.ok(drawn.every((at) => at >= 0 && at < 10));
  const next = drawn.slice(1).filter((at, place) => at === (drawn[place]! + 1) % 10).length / drawn.length;
  // Four of five go on, and one in ten of the others does by chance.
  assert.ok(Math.abs(next - 0.82) < 0.02, `${next}`);
});
