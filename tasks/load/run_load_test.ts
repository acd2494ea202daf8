import assert from "node:assert/strict";
import { oneArmPlan } from "../selfbench/one_arm.ts";
import { runLoad } from "./run_load.ts";

Deno.test("a system that accepts and never answers does not keep anyone who wants to leave", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepted: Deno.Conn[] = [];
  const accepting = (async () => {
    for await (const connection of listener) accepted.push(connection);
  })();
  const dir = Deno.makeTempDirSync();
  const plan = oneArmPlan({
    target: { path: "graphql", url: `http://127.0.0.1:${listener.addr.port}/`, headers: {} },
    text: "{ one }",
    params: {},
    load: { clients: 2 },
    warmup: 0,
    seconds: 5,
    connections: 2,
  }, dir);
  const leaving = new AbortController();
  const timer = setTimeout(() => leaving.abort(), 500);
  try {
    const began = performance.now();
    const result = await runLoad({
      plan,
      signal: leaving.signal,
      onStart: () => assert.fail("it began without its rehearsal"),
      onProgress: () => {},
      onSamples: () => {},
    });
    assert.deepEqual([result.interrupted, result.progress.due, result.phases], [true, 0, []]);
    assert.ok(performance.now() - began < 3000);
  } finally {
    clearTimeout(timer);
    listener.close();
    await accepting;
    for (const connection of accepted) connection.close();
    Deno.removeSync(dir, { recursive: true });
  }
});
