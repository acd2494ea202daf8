import assert from "node:assert/strict";
import { join } from "node:path";
import type { RunSummary } from "../model/summary.ts";
import { paths } from "../paths/registry.ts";
import { openStore } from "../store/open.ts";
import type { Called } from "../terminal/testing_in_process.ts";
import { SHORT, withWorkbench, type Workbench } from "./testing.ts";
import { assertClusterAsFound, lookAtOwnCluster } from "./testing_own_cluster.ts";

/** The scenario's own targets are of time, which a busy machine misses in a run that is valid. */
const ANY_SPEED = ["--slo", "errors<1%"];

/** A short run on a busy machine may rightly call itself invalid; it must then say so in every place. */
function assertEnded({ code, stdout, stderr }: Called, summary: RunSummary): void {
  if (summary.validity.valid) assert.equal(code, 0, stdout + stderr);
  else {
    assert.equal(code, 4);
    assert.equal(summary.verdict, "invalid");
    assert.match(stdout + stderr, /INVALID/);
  }
}

async function rows<T>(bench: Workbench, sql: string): Promise<T[]> {
  const store = await openStore(bench.db, { mode: "read" });
  try {
    return await store.rows<T>(sql);
  } finally {
    store.close();
  }
}

async function summaryOf(bench: Workbench, runId: string): Promise<RunSummary> {
  return JSON.parse(await Deno.readTextFile(join(bench.reports, runId, "summary.json"))) as RunSummary;
}

Deno.test("one command goes from nothing to a stored run and a report", async (t) => {
  await withWorkbench(async (bench) => {
    let runId = "";
    let second: Called | undefined;

    await t.step("bench starts the stack, seeds, measures, stores and reports", async () => {
      const result = await bench.run("bench", [
        ...SHORT,
        ...ANY_SPEED,
        "--label",
        "first",
        "--seed",
        "7",
        // The one PDF among the quick tests is that of report/browser_test.ts, and stories of `--all` print theirs.
        "--no-pdf",
      ]);
      runId = /^Run (\S+) \(first\)$/m.exec(result.stdout)?.[1] ?? "";
      assert.ok(runId !== "", result.stdout + result.stderr);
      assertEnded(result, await summaryOf(bench, runId));
      for (
        const step of [
          "Start the stack",
          "Seed northwind tiny",
          "Start GraphQL",
          "Check that all paths",
          "Measure",
          "Store",
          "Report",
        ]
      ) {
        assert.match(result.stdout, new RegExp(`^✔ ${step}`, "m"));
      }
      for (const file of ["index.html", "summary.json"]) {
        assert.ok((await Deno.stat(join(bench.reports, runId, file))).size > 1000, file);
      }
      assert.ok((await Deno.stat(join(bench.reports, "index.html"))).size > 500);
    });

    await t.step("every slot has one row, and the sum over outcomes is what was scheduled", async () => {
      const [all] = await rows<{ n: number; slots: number; last: number }>(
        bench,
        "SELECT count(*)::INT AS n, count(DISTINCT slot)::INT AS slots, max(slot)::INT AS last FROM timing",
      );
      assert.equal(all!.n, all!.slots);
      assert.equal(all!.last, all!.n - 1);
      const byArm = await rows<{ arm: string; n: number }>(
        bench,
        "SELECT arm, count(*)::INT AS n FROM timing JOIN phase USING (run_id, phase_id) GROUP BY arm ORDER BY arm",
      );
      assert.deepEqual(byArm.map(({ arm }) => arm), ["graphql", "sql", "sql+cache"]);
    });

    await t.step("servers and host were sampled on the run's clock", async () => {
      const sources = await rows<{ source: string }>(
        bench,
        "SELECT DISTINCT source FROM sample WHERE at_us BETWEEN 0 AND 4000000 ORDER BY source",
      );
      assert.deepEqual(sources.map(({ source }) => source), ["generator", "host", "postgres", "redis"]);
    });

    await t.step(
      "a run over every path that it has files for leaves the data as it was found, row by row",
      async () => {
        // Its workload has no files for tiers.
        const untiered = paths.filter(({ tier }) => tier === undefined);
        const asked = untiered.map(({ name }) => name);
        const args = [...SHORT, "--seed", "7", "--slo", "p50<1us", "--no-report", "--json"];
        args.push("--paths", asked.join(","), "--concurrency", "4", "--workers", "2");
        const before = await lookAtOwnCluster(bench);
        second = await bench.call("bench", args);
        const { environment, run, operations } = JSON.parse(second.stdout) as RunSummary;
        assert.match(second.stderr, /already there/);
        assert.deepEqual(run.config.arms, asked);
        // A path with a cache finds entries there, and no other asks it.
        for (const { name, cached } of untiered) {
          const all = operations.find(({ arm, operation }) => arm === name && operation === null)!;
          assert.equal((all.cache?.hit ?? 0) > 0, cached, name);
        }
        assert.equal(environment.dataset.hash, (await summaryOf(bench, runId)).environment.dataset.hash);
        assertClusterAsFound(before, await lookAtOwnCluster(bench));
        // What the first run left, which nobody looked at before it: counted and read against what was seeded.
        const seed = await bench.call("seed", ["--scale", "tiny", "--seed", "7", "--verify"]);
        assert.equal(seed.code, 0, seed.stdout + seed.stderr);
        assert.match(seed.stdout, new RegExp(environment.dataset.hash));
      },
    );

    await t.step("--json prints the contract's fields and nothing else on stdout", () => {
      const summary = JSON.parse(second!.stdout) as Record<string, unknown>;
      for (
        const field of [
          "schema",
          "run",
          "verdict",
          "reasons",
          "slo",
          "operations",
          "comparisons",
          "validity",
          "warnings",
          "files",
        ]
      ) assert.ok(field in summary, field);
    });

    await t.step("an SLO that is missed is exit code 1, unless the run is invalid", () => {
      const { verdict, slo } = JSON.parse(second!.stdout) as RunSummary;
      assert.deepEqual(new Set(slo.map(({ ok }) => ok)), new Set([false]));
      assert.equal(second!.code, verdict === "invalid" ? 4 : 1);
      assert.ok(verdict === "invalid" || verdict === "fail");
    });

    await t.step("a closed loop keeps so many clients busy and leaves no hole in its slots", () => {
      const { run, validity, accounting } = JSON.parse(second!.stdout) as RunSummary;
      assert.deepEqual([run.config.loop, run.config.concurrency], ["closed", 4]);
      assert.equal(validity.checks.find(({ name }) => name === "slots")?.ok, true);
      // Also of a machine that has little time for it each client asks again and again.
      assert.ok(accounting.scheduled > 40, `${accounting.scheduled} slots`);
    });

    await t.step("runs lists them, report renders one again, runs rm removes it", async () => {
      assert.match(
        (await bench.call("runs")).stdout,
        new RegExp(`${runId}\\s+first\\s+access-paths\\s+northwind tiny`),
      );
      await Deno.remove(join(bench.reports, runId), { recursive: true });
      const again = await bench.call("report", ["first", "--no-pdf"]);
      assert.equal(again.code, 0, again.stderr);
      assert.ok((await Deno.stat(join(bench.reports, runId, "index.html"))).size > 1000);
      const removed = await bench.call("runs", ["rm", "first"]);
      assert.match(removed.stdout, new RegExp(`Removed run ${runId}`));
      assert.doesNotMatch((await bench.call("runs")).stdout, new RegExp(runId));
      await assert.rejects(Deno.stat(join(bench.reports, runId)));
    });
  }, { untouched: true });
});
