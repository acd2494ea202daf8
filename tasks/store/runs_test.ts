import assert from "node:assert/strict";
import { UsageError } from "../model/errors.ts";
import { deleteRun, findRun, insertRun, listRuns, resolveRun, setVerdict } from "./runs.ts";
import { bareRun, storeFile, withStore, withTempDir } from "./testing.ts";

const RUNS = [
  bareRun("01AAA", { label: "before", startedAt: new Date("2026-01-01T00:00:00Z") }),
  bareRun("01AAB", { label: "after", startedAt: new Date("2026-01-02T00:00:00Z") }),
  bareRun("01BBB", { label: "before", startedAt: new Date("2026-01-03T00:00:00Z") }),
];

Deno.test("a run is found by id, unique beginning, label (its newest), latest and latest~N", () =>
  withTempDir((dir) =>
    withStore(storeFile(dir), "write", async (store) => {
      for (const run of [RUNS[1]!, RUNS[0]!, RUNS[2]!]) await insertRun(store, run);
      assert.deepEqual((await listRuns(store)).map(({ runId }) => runId), ["01BBB", "01AAB", "01AAA"]);
      const found = async (reference: string) => (await resolveRun(store, reference)).runId;
      assert.equal(await found("01AAA"), "01AAA");
      assert.equal(await found("01B"), "01BBB");
      assert.equal(await found("before"), "01BBB");
      assert.equal(await found("after"), "01AAB");
      assert.equal(await found("latest"), "01BBB");
      assert.equal(await found("latest~0"), "01BBB");
      assert.equal(await found("latest~2"), "01AAA");
      for (
        const [reference, message, next] of [
          ["01A", /2 ids begin so \(01AAB, 01AAA\)/, /more of the id/],
          ["latest~3", /only 3 runs are stored/, /latest~2/],
          ["befor", /there is no such id or label/, /"before"/],
          ["", /no such id or label/, /deno task runs/],
        ] as const
      ) {
        await assert.rejects(resolveRun(store, reference), (error: Error) => {
          assert.ok(error instanceof UsageError);
          assert.match(error.message, message);
          assert.match(error.next!, next);
          return true;
        });
      }
    })
  ));

Deno.test("without any run every reference says how to make one", () => {
  assert.throws(() => findRun([], "latest"), (error: Error) => {
    assert.ok(error instanceof UsageError);
    assert.match(error.next!, /deno task bench/);
    return true;
  });
});

Deno.test("a verdict can be set later, and a deleted run is gone from every table", () =>
  withTempDir((dir) =>
    withStore(storeFile(dir), "write", async (store) => {
      await insertRun(store, RUNS[0]!);
      await insertRun(store, RUNS[1]!);
      for (
        const table of [
          "phase VALUES ('01AAA', 0, 'steady', true, 0, 'sql', 0, 1)",
          "ledger VALUES ('01AAA', 1, 1, 'x', 'ok', true, 1, NULL)",
        ]
      ) {
        await store.run(`INSERT INTO ${table}`);
      }
      await setVerdict(store, "01AAA", "invalid");
      assert.equal((await resolveRun(store, "01AAA")).verdict, "invalid");
      await deleteRun(store, "01AAA");
      assert.deepEqual((await listRuns(store)).map(({ runId }) => runId), ["01AAB"]);
      const left = await store.rows("SELECT 1 FROM phase UNION ALL SELECT 1 FROM ledger");
      assert.deepEqual(left, []);
      // The same id may come again.
      await insertRun(store, RUNS[0]!);
    })
  ));
