import assert from "node:assert/strict";
import { join } from "node:path";
import type { RunSummary } from "../model/summary.ts";
import { isAlive } from "../stack/process.ts";
import { NO_HAPROXY, placeHaproxy } from "../stack/testing_haproxy.ts";
import { openStore } from "../store/open.ts";
import { SHORT, withWorkbench, type Workbench } from "./testing.ts";
import { services } from "./testing_faults.ts";

/** An arm over GraphQL that a file describes. */
function arm(bench: Workbench, name: string, fields: object): string[] {
  const file = join(bench.folder, `${name}.json`);
  Deno.writeTextFileSync(file, JSON.stringify({ path: "graphql", ...fields }));
  return ["--arm", `${name}=${file}`];
}

/** A bench over GraphQL, in whose second after a death each arm has its turn. */
const given = (...more: string[]) => [
  ...["read-heavy", ...SHORT, "--paths", "graphql", "--no-report", "--json"],
  ...more,
];
/** The same for so long that it can be disturbed. */
const long = (...more: string[]) => given(...more, "--duration", "60s");

/** What became of the arm's requests in order, those of a dead instance and those of the others. */
async function outcomesOf(bench: Workbench, arm: string): Promise<string[]> {
  using store = await openStore(bench.db, { mode: "read" });
  const rows = await store.rows<{ outcome: string }>(
    `SELECT outcome FROM request WHERE run_id = (SELECT max(run_id) FROM run) AND arm = '${arm}' ORDER BY done_us`,
  );
  return rows.map(({ outcome }) => outcome);
}

Deno.test({
  name: "GraphQL by several instances: each arm by its own, and what dies in mid-run is named",
  ignore: NO_HAPROXY,
  fn: (t) =>
    withWorkbench(async (bench) => {
      await placeHaproxy(bench.home);
      const three = arm(bench, "three", { instances: 3 });
      const proxied = arm(bench, "proxied", { instances: 2, balancer: "haproxy" });

      await t.step(
        "one instance, three with and without a cache, and two behind HAProxy, in one run",
        async () => {
          const kept = arm(bench, "kept", { path: "graphql+cache", instances: 3 });
          const { code, stdout, stderr } = await bench.call("bench", given(...three, ...kept, ...proxied));
          assert.ok(code === 0 || code === 4, stderr);
          const { environment, operations, scaling } = JSON.parse(stdout) as RunSummary;
          const own = environment.services.filter(({ name }) => name === "graphql" || name === "haproxy");
          assert.deepEqual(own.map(({ instance, arms }) => [instance, arms]), [
            ["graphql", undefined],
            ["graphql-2", ["three", "kept"]],
            ["graphql-3", ["three", "kept"]],
            ["graphql-4", ["three", "kept"]],
            ["graphql-5", ["proxied"]],
            ["graphql-6", ["proxied"]],
            ["haproxy", ["proxied"]],
          ]);
          for (const { arm, operation, outcomes, n } of operations) {
            // On a busy machine one may come too late to be answered in time.
            if (operation === null) assert.ok(outcomes.ok > 0 && outcomes.failed === 0, `${arm}: ${n}`);
          }
          assert.deepEqual(
            scaling!.arms.map(({ arm, instances, balancer }) => [arm, instances, balancer]),
            [
              ["graphql", 1, "client"],
              ["three", 3, "client"],
              ["kept", 3, "client"],
              ["proxied", 2, "haproxy"],
            ],
          );
          const cache = operations.find(({ arm, operation }) => arm === "kept" && operation === null)!.cache!;
          assert.ok(cache.hit + cache.miss > 0 && cache.bypass === 0, "one Redis for all three");
          assert.deepEqual(services(bench), [], "all of them ended with the run");
        },
      );

      await t.step(
        "an instance dies: exit code 3, by its name and its arm, and the others go on",
        async () => {
          const running = bench.start("bench", long(...three, "--concurrency", "6"));
          await bench.measuring();
          const third = services(bench).find(({ name }) => name === "graphql-3")!;
          Deno.kill(third.process.pid, "SIGKILL");
          const { code, stdout, stderr } = await running.result;
          assert.equal(code, 3, stderr);
          const { run, reasons } = JSON.parse(stdout) as RunSummary;
          assert.equal(run.status, "crashed");
          assert.match(
            [...reasons, stderr].join("\n"),
            new RegExp(
              `the graphql-3 process \\(${third.process.pid}\\), of the arm three, ended during the run`,
            ),
          );
          const outcomes = await outcomesOf(bench, "three");
          const first = outcomes.indexOf("failed");
          assert.ok(first >= 0, "a request of the dead instance's failed");
          assert.ok(outcomes.slice(first).includes("ok"), "the others went on answering");
        },
      );

      await t.step("HAProxy dies: exit code 3, by its name and its arm", async () => {
        const running = bench.start("bench", long(...proxied));
        await bench.measuring();
        Deno.kill(services(bench).find(({ name }) => name === "haproxy")!.process.pid, "SIGKILL");
        const { code, stdout, stderr } = await running.result;
        assert.equal(code, 3, stderr);
        assert.match(
          stdout + stderr,
          /the haproxy process \(\d+\), of the arm proxied, ended during the run/,
        );
      });

      await t.step(
        "no HAProxy is to be had: that arm is not available, and the others are measured",
        async () => {
          const { code, stdout, stderr } = await bench.call("bench", given(...three, ...proxied), {
            HAPROXY: "/nowhere/haproxy",
          });
          assert.equal(code, 3, stderr);
          const { run, environment } = JSON.parse(stdout) as RunSummary;
          assert.deepEqual(run.config.arms, ["graphql", "three"]);
          const [{ arm, reason }] = run.config.unavailableArms as [{ arm: string; reason: string }];
          assert.equal(arm, "proxied");
          assert.match(
            reason,
            /^Cannot start HAProxy: HAPROXY names \/nowhere\/haproxy, which is not a program\./,
          );
          assert.ok(environment.services.some(({ name, available }) => name === "graphql" && available));
        },
      );

      await t.step("a bench is killed: the next start stops its instances and its HAProxy", async () => {
        const running = bench.start(
          "bench",
          long("--set", "graphql_instances=2", "--set", "balancer=haproxy"),
        );
        await bench.measuring();
        const left = services(bench);
        assert.deepEqual(
          left.map(({ name }) => name).filter((name) => name !== "postgres").sort(),
          ["graphql", "graphql-2", "haproxy"],
        );
        running.kill("SIGKILL");
        await running.result;
        assert.ok(left.every(({ process }) => isAlive(process)));
        const { code, stderr } = await bench.call("bench", given());
        assert.ok(code === 0 || code === 4, stderr);
        assert.ok(!left.some(({ process }) => isAlive(process)));
      });
    }),
});
