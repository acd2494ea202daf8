import assert from "node:assert/strict";
import { join } from "node:path";
import type { ArmRate } from "../model/rate_search.ts";
import { openStore } from "../store/open.ts";
import { listRuns, withoutProbes } from "../store/runs.ts";
import { exitCodeOf } from "./find_rate.ts";
import { withWorkbench } from "./testing.ts";
import { BOUND, search } from "./testing_nap.ts";

Deno.test("the highest rate of a system whose limit is known", async (t) => {
  await withWorkbench(async (bench) => {
    await t.step(
      "lies around that limit, or the generator is named as the one that was in the way",
      async () => {
        const { code, stderr, found } = await search(bench, [
          "--duration",
          "500ms",
          "--slo",
          "p95<60ms,errors<1%",
          "--resolution",
          "20%",
          "--no-pdf",
        ]);
        const [arm] = found.arms as [ArmRate];
        const [low, high] = arm.interval;
        assert.equal(code, exitCodeOf(found), stderr);
        // A machine with too much else to do makes probes invalid, and is then told so; it never makes a rate up.
        if (low !== null) assert(low <= BOUND * 1.1, stderr);
        if (arm.confirmed && arm.limitedBy === "system") {
          assert(low! <= BOUND * 1.05 && high! >= BOUND / 2, stderr);
        } else assert(arm.probes.some(({ outcome }) => outcome === "invalid"), stderr);
        for (const { rate, outcome } of arm.probes) {
          if (rate > BOUND * 1.5) assert.notEqual(outcome, "holds", stderr);
        }
        const said = low === null
          ? /the limit in every probe|sql misses /
          : /sql: the highest rate that meets p95<60ms,errors<1% is|sql meets p95<60ms,errors<1% up to at least/;
        assert.match(stderr, said);

        const store = await openStore(bench.db, { mode: "read" });
        try {
          const runs = await store.rows<{ run_id: string; label: string; kind: string; verdict: string }>(
            `SELECT run_id, label, kind, verdict FROM run WHERE search_id = '${found.search.id}' ORDER BY run_id`,
          );
          const warm = runs.shift()!;
          assert.equal(warm.label, `find-rate ${found.search.id} warm-up`);
          assert.deepEqual(runs.map(({ run_id }) => run_id), arm.probes.map(({ run }) => run).sort());
          for (const { run, rate } of arm.probes) {
            const stored = runs.find(({ run_id }) => run_id === run)!;
            assert.equal(stored.label, `find-rate ${found.search.id} ${rate}/s`);
            assert.equal(stored.kind, "bench");
          }
          assert.deepEqual(
            arm.probes.filter(({ outcome }) => outcome === "holds").map(({ run }) => run).sort(),
            runs.filter(({ verdict, run_id }) =>
              verdict === "pass" &&
              arm.probes.some(({ run, outcome }) => run === run_id && outcome !== "fails")
            ).map(({ run_id }) => run_id),
          );
          const [entry, ...others] = withoutProbes(await listRuns(store));
          assert.deepEqual([entry!.runId, entry!.kind, entry!.status], [
            found.search.id,
            "find-rate",
            "complete",
          ]);
          assert.deepEqual(entry!.search!.arms[0]!.interval, arm.interval);
          assert.deepEqual(others, []);
        } finally {
          store.close();
        }
        const page = await Deno.readTextFile(join(bench.reports, found.search.id, "index.html"));
        assert.match(page, /Response time against load/);
        for (const { run } of arm.probes) assert(page.includes(run));
      },
    );
  });
});
