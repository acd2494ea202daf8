import assert from "node:assert/strict";
import { resolve } from "node:path";
import { scenarioNames } from "./load/scenario.ts";
import { SHORT, withWorkbench } from "./pipeline/testing.ts";
import { assertAsFound } from "./testing/facts.ts";
import { lookAround } from "./testing/surroundings.ts";

const root = resolve(import.meta.dirname!, "..");

Deno.test("every shipped scenario runs by its name, and leaves nothing behind", async (t) => {
  await withWorkbench(async (bench) => {
    const around = () =>
      lookAround({
        processes: { environment: `BENCHBOOK_HOME=${bench.home}` },
        folder: { path: resolve(root, "queries") },
      });
    for (const name of scenarioNames(root)) {
      await t.step(name, async () => {
        const before = await around();
        const { code, stdout, stderr } = await bench.run("bench", [name, ...SHORT, "--no-report"]);
        const verdict = /^(PASS|FAIL|INVALID|INCONCLUSIVE)\b/m.exec(stdout)?.[1];
        // A short run on a busy machine may rightly miss a target or find itself invalid.
        const wanted = { PASS: 0, FAIL: 1, INVALID: 4, INCONCLUSIVE: 0 }[verdict ?? ""];
        assert.equal(code, wanted, `${verdict}: exit ${code}\n${stdout}\n${stderr}`);
        const [run, report, store] = stdout.trimEnd().split("\n").slice(-3);
        assert.match(run!, /^Run \d{8}-\d{6}-[0-9a-f]{4}$/);
        assert.match(report!, /^Report +deno task report /);
        assert.match(store!, /^Store +.*benchbook\.duckdb$/);
        assertAsFound(before, await around());
      });
    }
  });
});
