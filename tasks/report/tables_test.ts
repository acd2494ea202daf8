import assert from "node:assert/strict";
import type { ArmRecord } from "../model/run.ts";
import type { RunSummary } from "../model/summary.ts";
import { formatBytes } from "../model/units.ts";
import { Footnotes, plain } from "./cells.ts";
import { graphqlTable } from "./graphql_table.ts";
import { codeCounts } from "./tables.ts";
import { exampleSummary } from "./testing.ts";

Deno.test("of very many codes the most frequent are shown, and the others counted", () => {
  assert.equal(codeCounts([{ code: "57014", n: 1200 }, { code: "500", n: 3 }]), "57014: 1,200, 500: 3");
  const many = Array.from({ length: 300 }, (_, index) => ({ code: `E${index}`, n: 2 }));
  const text = codeCounts(many);
  assert.ok(text.startsWith("E0: 2, ") && text.endsWith(", E11: 2, and 288 more: 576"), text);
});

/** The example with its arms called otherwise, or over other paths. */
function withArms(change: (arm: ArmRecord) => ArmRecord): RunSummary {
  const summary = exampleSummary();
  const arms = summary.arms.map(change);
  const named = (name: string) => arms[summary.arms.findIndex((arm) => arm.name === name)]!.name;
  return {
    ...summary,
    arms,
    operations: summary.operations.map((row) => ({ ...row, arm: named(row.arm) })),
    comparisons: summary.comparisons.map((row) => ({
      ...row,
      baseline: named(row.baseline),
      candidate: named(row.candidate),
    })),
  };
}

Deno.test("what GraphQL costs is told by the arms' paths, whatever they are called", () => {
  const table = (summary: RunSummary) => graphqlTable(summary, new Footnotes());
  const usual = table(exampleSummary());
  assert.ok(usual !== null && usual.groups.length > 0);
  assert.deepEqual(table(withArms((arm) => ({ ...arm, name: `arm ${arm.armId}` }))), usual);
  // Of a cache before it, or of a path that is not known, nothing is told there.
  for (const other of ["graphql+cache", "a path of tomorrow", "sql"]) {
    assert.equal(table(withArms((arm) => arm.path === "graphql" ? { ...arm, path: other } : arm)), null);
  }
});

Deno.test("of several arms over GraphQL each row says whose it is", () => {
  const both = withArms((arm) => arm.path === "sql+cache" ? { ...arm, name: "other", path: "graphql" } : arm);
  const table = graphqlTable(both, new Footnotes())!;
  for (const { span, rows } of table.groups) {
    assert.equal(span, rows.length);
    assert.deepEqual(rows.map(({ name }) => name), ["graphql p50", "graphql p95", "other p50", "other p95"]);
  }
});

Deno.test("only SQL as a path has it is called direct SQL, and equal is only what was compared", () => {
  const table = (overrides: ArmRecord["overrides"], unproven: readonly string[] = []) => {
    const summary = withArms((arm) => arm.path === "sql" ? { ...arm, overrides } : arm);
    const config = { ...summary.run.config, unproven };
    return graphqlTable({ ...summary, run: { ...summary.run, config } }, new Footnotes());
  };
  assert.deepEqual(table({ path: "sql" }), table({}));
  for (const own of [{ queries: "other" }, { session: { work_mem: "64kB" } }]) assert.equal(table(own), null);
  assert.equal(table({}, ["sql"]), null);
  assert.match(table({})!.note, /results themselves were checked to be equal before timing\.$/);
  const { note } = table({}, ["graphql"])!;
  assert.match(note, /graphql was not checked for equal results \(--no-prove\)\.$/);
  assert.doesNotMatch(note, /checked to be equal/);
});

Deno.test("direct SQL is found behind an arm that has statements of its own", () => {
  const lying = withArms((arm) =>
    arm.path === "sql" ? { ...arm, name: "lie", overrides: { queries: "q" } } : arm
  );
  const direct: ArmRecord = { ...lying.arms[0]!, armId: 9, name: "direct", role: "candidate", overrides: {} };
  const own = lying.operations.filter(({ arm }) => arm === "lie").map((row) => ({
    ...row,
    arm: "direct",
    meanBytes: 7777,
  }));
  const both = { ...lying, arms: [...lying.arms, direct], operations: [...lying.operations, ...own] };
  const table = graphqlTable(both, new Footnotes())!;
  assert.equal(table.groups[0]!.rows[0]!.cells[4]!.text, plain(formatBytes(7777)).text);
});

Deno.test("an arm over GraphQL that has something otherwise is named", () => {
  const changed = withArms((arm) =>
    arm.path === "graphql" ? { ...arm, name: "tuned", overrides: { graphqlUrl: "http://other" } } : arm
  );
  const names = graphqlTable(changed, new Footnotes())!.groups[0]!.rows.map(({ name }) => name);
  assert.deepEqual(names, ["tuned p50", "tuned p95"]);
});
