import assert from "node:assert/strict";
import { openStore } from "../../store/open.ts";
import { withTempDir } from "../../store/testing.ts";
import { join } from "node:path";
import { PROCESSES, recordings, replayed } from "./testing_replay.ts";

const RATES = [10, 100, 1000, 10_000];

Deno.test("for each arrival process and rate a healthy generator is valid, and a stopped or starved one is not", async (t) => {
  const recorded = recordings();
  const healthy = recorded.get("healthy")!;
  await withTempDir(async (dir) => {
    const store = await openStore(join(dir, "replay.duckdb"), { mode: "write" });
    try {
      for (const process of PROCESSES) {
        for (const rate of RATES) {
          await t.step(`${process}, ${rate}/s`, async () => {
            const judged = async (condition: string) =>
              await replayed(store, process, rate, recorded.get(condition)!, healthy);
            const broken = async (condition: string) =>
              (await judged(condition)).checks.filter(({ ok }) => !ok).map(({ name }) => name);
            assert.deepEqual(await broken("healthy"), []);
            assert.ok((await broken("stopped")).includes("generator-gap"));
            // A client sends when it is ready: that it lost a quarter of its time is not seen in when it did.
            if (process !== "closed") assert.ok((await broken("starved")).includes("on-time"));
          });
        }
      }
    } finally {
      store.close();
    }
  });
});
