import assert from "node:assert/strict";
import { isAlive } from "../stack/process.ts";
import { SHORT, until, withWorkbench } from "./testing.ts";
import { LONG, outcomes, reservedOrders, services } from "./testing_faults.ts";
import { assertClusterAsFound, lookAtOwnCluster } from "./testing_own_cluster.ts";

Deno.test("kill -9 of bench: the next start stops the orphans, loads the spooled rows and undoes the writes", async () => {
  await withWorkbench(async (bench) => {
    const before = await lookAtOwnCluster(bench);
    const running = bench.start("bench", [...LONG, "--paths", "sql", "--rate", "400"]);
    const spool = await bench.measuring();
    await until(async () => await reservedOrders(bench) > 0 || null, "no order was inserted");
    running.kill("SIGKILL");
    await running.result;
    const orphans = services(bench);
    assert.ok(
      orphans.length > 0 && orphans.every(({ process }) => isAlive(process)),
      "the services are orphans now",
    );
    const next = await bench.call("bench", [...SHORT, "--paths", "sql", "--no-report", "--json"]);
    assert.ok([0, 4].includes(next.code), next.stderr);
    assert.match(next.stderr, /Recovered run \S+ \(crashed\): [\d,]+ requests/);
    assert.ok(orphans.every(({ process }) => !isAlive(process)), "the orphans are gone");
    await assert.rejects(Deno.stat(spool));
    const rows = await outcomes(bench);
    assert.ok(rows.some(({ status, n }) => status === "crashed" && n > 0));
    assertClusterAsFound(before, await lookAtOwnCluster(bench));
  });
});
