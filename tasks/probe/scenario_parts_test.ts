import assert from "node:assert/strict";
import { join } from "node:path";
import { loadScenario } from "../load/scenario.ts";
import { readsOf } from "./scenario_parts.ts";

const ROOT = join(import.meta.dirname!, "../..");

async function kept(scenario: string): Promise<[readonly string[], readonly string[]]> {
  const { streams, left } = readsOf(await loadScenario(ROOT, join(ROOT, scenario)));
  return [streams.flatMap(({ name, operations }) => operations.map((each) => `${name}: ${each.name}`)), left];
}

Deno.test("a probe asks what a scenario reads, and of a session the steps that need no answer to a write", async () => {
  assert.deepEqual(await kept("docs/examples/shop.ts"), [
    ["looking: products-of-category", "visits: product"],
    ["buy"],
  ]);
  const scenario = await loadScenario(ROOT, "checkout");
  const [place] = scenario.operations.filter(({ write }) => write);
  // A step that reads what the write answered.
  const after = {
    name: "after",
    weight: 1,
    params: { id: { kind: "captured", from: place!.name, column: "id" } },
  } as const;
  const last = scenario.streams.at(-1)!;
  const { left } = readsOf({
    operations: [...scenario.operations, after],
    streams: [...scenario.streams.slice(0, -1), { ...last, count: last.count + 1 }],
  });
  assert.ok(left.includes("after"), String(left));
});

Deno.test("a stream in stages is asked at the rate that it begins with, or at its highest", async () => {
  const { streams } = readsOf(await loadScenario(ROOT, "spike"));
  assert.deepEqual(streams.map(({ rate }) => rate), [60]);
});
