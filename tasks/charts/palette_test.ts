import assert from "node:assert/strict";
import { PATHS } from "../paths/names.ts";
import { armStyles } from "./palette.ts";

Deno.test("an arm keeps its colour and symbol from segment to segment, and its dash tells them apart", () => {
  const names = ["graphql, baseline", "sql, baseline", "mine, baseline", "graphql, migrate", "mine, migrate"];
  const styles = armStyles(names);
  const pick = (name: string) => [styles.get(name)!.colour, styles.get(name)!.symbol];
  assert.deepEqual(pick("graphql, migrate"), pick("graphql, baseline"));
  assert.deepEqual(pick("mine, migrate"), pick("mine, baseline"));
  assert.equal(styles.get("sql, baseline")!.colour, armStyles(["sql"]).get("sql")!.colour);
  assert.notDeepEqual(pick("sql, baseline"), pick("graphql, baseline"));
  const dashes = names.map((name) => styles.get(name)!.dash);
  assert.equal(new Set(dashes).size, 2);
  assert.equal(dashes[0], dashes[1]);
  assert.notEqual(dashes[0], dashes[3]);
});

Deno.test("an arm has one colour in all charts of a run, whichever others they show and in whatever order", () => {
  const all = ["sql", "graphql", "before", "after", "twin"];
  const styles = armStyles(all);
  assert.deepEqual(armStyles(all.toReversed()).get("after"), styles.get("after"));
  for (const arm of all) assert.deepEqual(armStyles([arm]).get(arm), styles.get(arm), arm);
  const many = armStyles([...PATHS, ...Array.from({ length: 12 }, (_, at) => `arm ${at}`)]);
  assert.equal(new Set([...many.values()].map((style) => JSON.stringify(style))).size, many.size);
});
