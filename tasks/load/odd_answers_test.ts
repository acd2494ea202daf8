import assert from "node:assert/strict";
import { oneArmPlan, readRecords } from "../selfbench/one_arm.ts";
import { ODD_ANSWERS } from "../targets/testing_odd_answers.ts";
import { httpLength, withScripted } from "../targets/testing_scripted.ts";
import { CUT_LEAD_US } from "./cuts.ts";
import { EventHub } from "./event_hub.ts";
import type { RunEvents } from "./run_events.ts";
import { runLoad } from "./run_load.ts";

Deno.test("no answer of a GraphQL service ends a run: each that is not right is a failed row", async () => {
  const dir = Deno.makeTempDirSync();
  // The few that are a megabyte long are asked elsewhere: here a thread is to see many.
  const answers = ODD_ANSWERS.filter(([, { parts }]) => parts.every(({ length }) => length < 1e5));
  let asked = 0;
  let running = false;
  const enough = Promise.withResolvers<void>();
  try {
    await withScripted(
      httpLength,
      () => {
        if (!running) return answers[0]![1];
        if (asked === 4 * answers.length) enough.resolve();
        return answers[asked++ % answers.length]![1];
      },
      async (port) => {
        const plan = oneArmPlan({
          target: { path: "graphql", url: `http://127.0.0.1:${port}/`, headers: {} },
          text: "{ one }",
          params: {},
          load: { clients: 2 },
          warmup: 0,
          // Until all were asked for a few times, however long a busy machine takes for them.
          seconds: 300,
          connections: 2,
        }, dir);
        const events = new EventHub<RunEvents>();
        const { phaseId } = plan.phases.at(-1)!;
        events.on("start", ({ nowUs }) => {
          running = true;
          void enough.promise.then(() => events.emit("cut", { phaseId, endUs: nowUs() + CUT_LEAD_US }));
        });
        const { signal } = new AbortController();
        const { progress, interrupted } = await runLoad({ plan, signal, events });
        const { due, ok, failed, timeout } = progress;
        assert.ok(!interrupted && due > 3 * answers.length, `${due} requests`);
        assert.equal(readRecords(plan).rows, due);
        const wanted = answers.filter(([, , code]) => code === null).length / answers.length;
        assert.ok(
          Math.abs(ok / due - wanted) < 0.1,
          `${ok} of ${due} ok, ${failed} failed, ${timeout} timed out`,
        );
      },
    );
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
});
