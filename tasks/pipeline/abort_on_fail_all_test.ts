import assert from "node:assert/strict";
import { join } from "node:path";
import { withWorkbench } from "./testing.ts";

const SCENARIO = {
  name: "too-slow",
  title: "A statement that takes thirty milliseconds",
  dataset: { schemas: ["slow"], setup: "setup.sql" },
  workload: "./slow",
  arrivals: "constant",
  rate: 50,
  operations: [{ name: "sleep", weight: 1, params: {} }],
  duration: 40,
  warmup: 0,
  block: 2,
  washout: 0.1,
  timeout: 5,
  paths: ["sql"],
  settings: {},
};

Deno.test("a run ends as soon as a target over windows can no longer be met", async (t) => {
  await withWorkbench(async (bench) => {
    const dir = join(bench.home, "mine");
    await Deno.mkdir(join(dir, "slow"), { recursive: true });
    await Deno.writeTextFile(join(dir, "setup.sql"), "CREATE SCHEMA slow; CREATE TABLE slow.t (n integer);");
    await Deno.writeTextFile(
      join(dir, "slow/sleep.sql"),
      "-- Takes thirty milliseconds.\nSELECT pg_sleep(0.03)::text AS slept\n",
    );
    const file = join(dir, "slow.ts");
    await Deno.writeTextFile(file, `export default ${JSON.stringify(SCENARIO)};\n`);
    const words = (slo: string) => [file, "--no-report", "--json", "--slo", slo, "--abort-on-fail"];

    await t.step("it says which and when, and is a failed run, not an interrupted one", async () => {
      const { code, stdout, stderr } = await bench.call("bench", words("p50<10ms over 2s"));
      const summary = JSON.parse(stdout);
      // A busy machine may make it invalid besides; what it ended for stays the same.
      assert([1, 4].includes(code), `exit ${code}\n${stderr}`);
      assert.match(stderr, /Ended early: p50<10ms over 2s is missed over sql in the window from 0 s\./);
      assert.equal(summary.run.status, "complete");
      const { scheduled } = summary.accounting;
      assert(scheduled < 38 * SCENARIO.rate, `${scheduled} requests of the 40 s planned`);
      const slots = summary.validity.checks.find(({ name }: { name: string }) => name === "slots");
      assert.equal(slots.ok, true, slots.measured);
      const watched = summary.validity.checks.find(({ name }: { name: string }) => name === "samples");
      // A busy machine misses a sample or several; the 38 s that were not measured are no hole.
      assert(watched.ok || Number(/longest ([\d.]+) s/.exec(watched.measured)![1]) < 20, watched.measured);
    });

    await t.step("a run that holds its targets goes to its end", async () => {
      const { stdout, stderr } = await bench.call("bench", [...words("p50<2s over 2s"), "--duration", "3s"]);
      assert.doesNotMatch(stderr, /Ended early/);
      assert.equal(JSON.parse(stdout).run.status, "complete");
    });

    await t.step("without a target over windows there is nothing to end for", async () => {
      const { code, stderr } = await bench.call("bench", words("p50<2s"));
      assert.equal(code, 2);
      assert.match(stderr, /there is none \(targets: p50<2s\)[\s\S]*over 10s/);
    });
  });
});
