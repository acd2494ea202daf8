import assert from "node:assert/strict";
import { join } from "node:path";
import { testConfig } from "../stack/testing.ts";
import { openStore } from "../store/open.ts";
import { recoverRuns } from "./recover.ts";
import { listStoredRuns, removeRun } from "./runs.ts";
import { withWorkbench } from "./testing.ts";
import { napScenario } from "./testing_nap.ts";

Deno.test("a search for a rate that does not come to its end", async (t) => {
  await withWorkbench(async (bench) => {
    await t.step("is left unknown by an interruption, which keeps what was measured until then", async () => {
      const task = bench.start("bench", [
        await napScenario(bench),
        "--find-rate",
        "--slo",
        "p95<100ms",
        "--duration",
        "20s",
      ]);
      await bench.measuring();
      task.kill("SIGINT");
      const { code, stdout, stderr } = await task.result;
      assert.equal(code, 130, stdout + stderr);
      // On a machine that is too busy to end it in order it leaves, and the next start stores what was measured.
      const left = /^Exited immediately\.$/m.test(stderr);
      if (left) await recoverRuns(bench.home, bench.db);
      const store = await openStore(bench.db, { mode: "read" });
      try {
        const [last] = await store.rows<{ status: string; label: string }>(
          "SELECT status, label FROM run ORDER BY started_at DESC LIMIT 1",
        );
        assert.match(last!.status, left ? /interrupted|crashed/ : /interrupted/);
        assert.match(last!.label, /^find-rate .* warm-up$/);
        if (!left) assert.match(stdout, /sql was not probed/, stderr);
      } finally {
        store.close();
      }
      const id = /^Search (\S+)/m.exec(stdout)?.[1] ?? "\\d{8}-\\S+";
      const status = left ? "(interrupted|crashed)" : "interrupted";
      assert.match(await listStoredRuns(bench.db), new RegExp(`\n${id} .*nap \\(find-rate\\).* ${status}`));
    });
    await t.step("is one entry also where the search was killed, and its page can be had", async () => {
      const before = entries(await listStoredRuns(bench.db));
      const args = [await napScenario(bench), "--find-rate", "--slo", "p95<100ms", "--duration", "20s"];
      const task = bench.start("bench", args);
      await bench.measuring();
      task.kill("SIGKILL");
      await task.result;
      const [told] = (await recoverRuns(bench.home, bench.db)).filter((line) =>
        line.startsWith("Recovered search")
      );
      const id = /search (\S+) \(crashed\)/.exec(told!)![1]!;
      assert.equal(entries(await listStoredRuns(bench.db)), before + 1);
      assert.equal(entries(await listStoredRuns(bench.db, { probes: true })), before + 3);
      const { code, stdout, stderr } = await bench.call("report", ["latest", "--no-pdf"]);
      assert.equal(code, 0, stderr);
      assert.match(stdout, new RegExp(`Report  .*${id}/index\\.html`));
      const list = await Deno.readTextFile(join(bench.reports, "index.html"));
      assert.equal(list.split(`href="${id}/index.html"`).length, 2);
      await removeRun(await testConfig(bench.home), bench.db, id);
      assert.equal(entries(await listStoredRuns(bench.db)), before);
      await assert.rejects(Deno.stat(join(bench.reports, id)), Deno.errors.NotFound);
    });
  });
});

/** Lines of the list below its head. */
function entries(list: string): number {
  return list.split("\n").filter((line) => /^\d{8}-/.test(line)).length;
}
