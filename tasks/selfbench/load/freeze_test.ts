import assert from "node:assert/strict";
import type { PartContext } from "../measure_part.ts";
import { withTempDir } from "../../store/testing.ts";
import { openTerminal } from "../../terminal/terminal.ts";
import { freeze } from "./freeze.ts";
import type { LoadBenchPlan } from "./options.ts";

Deno.test("a standstill of the server shows in the response times", async () => {
  await withTempDir(async (dir) => {
    const terminal = openTerminal({ json: true });
    const context = { dir, terminal, signal: new AbortController().signal } as Partial<
      PartContext
    > as PartContext;
    const findings = await freeze({ drawn: 1000 } as LoadBenchPlan, context);
    assert.deepEqual(findings.map(({ what }) => what), [
      ...["p50", "p90", "p95", "p99"].map((level) => `known service time ${level}`),
      ...["p50", "p90", "p95", "p99"].map((level) => `known response time ${level}`),
      "longest known response time",
    ]);
    // It begins in the middle of two seconds, so that about half of the requests wait for one of at least. Where
    // exactly half of them lie depends on when the server got its turn: p90, p95 and p99 are beyond that.
    for (const { ours, theirs } of findings.slice(5, 8)) {
      assert.ok(theirs!.median > 900);
      assert.ok(ours!.median > 900);
    }
    assert.equal(findings.at(-1)!.reached, true);
  });
});
