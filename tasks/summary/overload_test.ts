import assert from "node:assert/strict";
import { openStore } from "../store/open.ts";
import { withTempDir } from "../store/testing.ts";
import { overloaded, overloadWarnings } from "./overload.ts";
import { fixtureRun } from "./testing.ts";

Deno.test("a queue that grows is an overload, one that is merely long is not", () => {
  const block = {
    block: 1,
    arm: "sql",
    joined: 1,
    n: 1000,
    middle: 0,
    end: 0,
    shed: 0,
    early: 100,
    late: 300,
  };
  assert.deepEqual(
    overloaded([
      block,
      { ...block, middle: 290, end: 300 },
      { ...block, middle: 3, end: 12 },
      // Answers take as long as the block lasts, and no longer at its end than at its beginning.
      { ...block, middle: 100, end: 240, late: 105 },
    ]),
    [],
  );
  const [warning] = overloaded([block, { ...block, middle: 100, end: 240 }, { ...block, shed: 7 }]);
  assert.equal(warning!.code, "overloaded");
  assert.match(
    warning!.text,
    /^sql was overloaded in 2 of 3 blocks: .* up to 240 of one block were shed or still unanswered at its end\./,
  );
  const [joined] = overloaded([{ ...block, joined: 7, shed: 7 }]);
  assert.match(joined!.text, /in 1 of 1 groups of 7 neighbouring blocks: .* up to 7 of one group/);
});

/** Blocks of 0.3 s of which each arm has as many; answers of `graphql` take as long as is said, milliseconds. */
async function warned(ms: (sinceBlockUs: number) => number): Promise<string[]> {
  return await withTempDir(async (dir) => {
    const { db, runId } = await fixtureRun(dir, {
      blocks: 21,
      blockSeconds: 0.3,
      washoutSeconds: 0.03,
      rate: 150,
      change(row) {
        const slow = row.phase.arm === "graphql" ? ms(row.intendedUs - row.phase.startUs) : 1;
        return { ...row, outcome: "ok", error: null, doneUs: row.intendedUs + slow * 1000 };
      },
    });
    const store = await openStore(db, { mode: "read" });
    try {
      return (await overloadWarnings(store, runId)).map(({ text }) => text);
    } finally {
      store.close();
    }
  });
}

Deno.test("in short blocks too an overload is told from answers that take long", async () => {
  // Half as fast as requests come: what is due at the end of a block waits as long as the block lasted.
  const [text, ...others] = await warned((sinceUs) => 5 + sinceUs / 1000);
  assert.match(text!, /^graphql was overloaded in \d+ of 3 groups of 7 neighbouring blocks/);
  assert.deepEqual(others, []);
  for (const slow of [150, 250, 500]) assert.deepEqual(await warned(() => slow), []);
});
