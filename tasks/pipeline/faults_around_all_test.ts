import assert from "node:assert/strict";
import { join } from "node:path";
import type { RunSummary } from "../model/summary.ts";
import { openStore } from "../store/open.ts";
import { recoverRuns } from "./recover.ts";
import { SHORT, until, withWorkbench } from "./testing.ts";
import { outcomes, services } from "./testing_faults.ts";

Deno.test("faults around a stack that is up", async (t) => {
  await withWorkbench(async (bench) => {
    const up = await bench.run("up", ["--scale", "tiny"]);
    assert.equal(up.code, 0, up.stderr);

    await t.step("a second bench is refused with who holds the place, and the first goes on", async () => {
      // Longer than any machine takes to start the second one.
      const first = bench.start("bench", [...SHORT, "--duration", "10m", "--paths", "sql", "--no-report"]);
      const spool = await bench.measuring();
      const second = await bench.call("bench", [...SHORT, "--no-report"]);
      assert.equal(second.code, 3);
      assert.match(second.stderr, /"bench access-paths" \(process \d+, since /);
      const size = () => Deno.statSync(join(spool, "timing-0.seg")).size;
      const before = size();
      await until(() => size() > before ? true : null, "the first wrote no more rows");
      first.kill("SIGINT");
      const { code, stderr } = await first.result;
      assert.equal(code, 130, stderr);
      assert.equal(services(bench).length, 3, "what `up` started runs on");
    });

    await t.step("a program that holds the store: a wait, a clear message, and nothing is lost", async () => {
      // A busy machine may have left the run before to the next start.
      await recoverRuns(bench.home, bench.db);
      const before = (await outcomes(bench)).reduce((sum, { n }) => sum + n, 0);
      const holder = await openStore(bench.db, { mode: "read" });
      let refused;
      try {
        refused = await bench.run("bench", [...SHORT, "--paths", "sql", "--no-report"]);
      } finally {
        holder.close();
      }
      assert.equal(refused.code, 3, refused.stdout);
      assert.match(refused.stdout, /Waiting for the store/);
      assert.match(refused.stderr, /nothing is lost/i);
      const next = await bench.call("bench", [...SHORT, "--paths", "sql", "--no-report"]);
      assert.match(next.stdout, /Recovered run \S+ \(complete\)/);
      const after = (await outcomes(bench)).reduce((sum, { n }) => sum + n, 0);
      assert.ok(after > before + 400, `${before} rows, then ${after}`);
    });

    await t.step(
      "paths that answer differently: nothing is timed, operation and first difference are named",
      async () => {
        const workload = join(bench.home, "workload");
        await Deno.mkdir(workload);
        for (const extension of ["sql", "graphql"]) {
          const file = `product-by-id.${extension}`;
          const text = await Deno.readTextFile(
            join(import.meta.dirname!, "../../queries/workloads/access-paths", file),
          );
          await Deno.writeTextFile(
            join(workload, file),
            text.replace("p.unit_price,", "p.unit_price + 1 AS unit_price,"),
          );
        }
        const file = join(bench.home, "differs.ts");
        await Deno.writeTextFile(
          file,
          `export default { name: "differs", title: "Differs", dataset: "northwind", workload: "./workload",
          arrivals: "poisson", rate: 10, duration: 3, warmup: 0, block: 1, washout: 0.1, timeout: 5,
          paths: ["sql", "graphql"], settings: {},
          operations: [{ name: "product-by-id", weight: 1, params: { product_id: { kind: "zipf", keys: "products", s: 1 } } }] }`,
        );
        const { code, stderr } = await bench.call("bench", [file, "--scale", "tiny"]);
        assert.equal(code, 4);
        assert.match(
          stderr,
          /product-by-id answers differently over graphql than over sql: \[0\]\.unit_price is [\d.]+, and [\d.]+ by SQL/,
        );
      },
    );

    await t.step("Redis that cannot be reached: its path is marked, the others are measured", async () => {
      const { code, stdout, stderr } = await bench.run(
        "bench",
        // Its targets of time say more of the machine than of Redis.
        [...SHORT, "--slo", "errors<1%", "--no-report", "--json"],
        { REDIS_URL: "redis://127.0.0.1:1" },
      );
      const summary = JSON.parse(stdout) as RunSummary;
      assert.equal(code, summary.verdict === "invalid" ? 4 : 0, stderr);
      assert.deepEqual(summary.run.config.arms, ["sql", "graphql"]);
      assert.deepEqual(summary.run.config.unavailableArms.map(({ arm }) => arm), ["sql+cache"]);
      assert.match(stderr, /Arm sql\+cache not available: .*127\.0\.0\.1:1/);
    });

    await t.step("a DATABASE_URL where nothing listens: exit 3, and no password anywhere", async () => {
      const { code, stdout, stderr } = await bench.call("bench", SHORT, {
        DATABASE_URL: "postgres://me:hunter2secret@127.0.0.1:1/mine",
      });
      assert.equal(code, 3);
      assert.match(stderr, /127\.0\.0\.1:1.*refused|refused.*127\.0\.0\.1:1/);
      assert.doesNotMatch(stdout + stderr, /hunter2secret/);
    });

    await t.step("a wrong password: exit 3, and not shown", async () => {
      const { port } = services(bench).find(({ name }) => name === "postgres")!;
      const { code, stdout, stderr } = await bench.call("bench", SHORT, {
        DATABASE_URL: `postgres://postgres:hunter2secret@127.0.0.1:${port}/postgres`,
      });
      assert.equal(code, 3);
      assert.match(stderr, /password/);
      assert.doesNotMatch(stdout + stderr, /hunter2secret/);
    });
  });
});
