import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { SUFFIXES } from "../paths/registry.ts";
import { loadWorkload } from "./arms.ts";
import { isReservedKey } from "./proof_slots.ts";
import { loadScenario, scenarioNames } from "./scenario.ts";

const root = resolve(import.meta.dirname!, "../..");
const names = scenarioNames(root);

const shipped = (name: string, set: Record<string, string> = {}) => loadScenario(root, name, set);

Deno.test("every shipped scenario has its questions, and every write what reads it back", async () => {
  const expected = [
    "access-paths",
    "checkout",
    "read-heavy",
    "saas-events",
    "sales-analytics",
    "shop-under-change",
    "smoke",
    "spike",
    "write-heavy",
  ];
  assert.deepEqual(names, expected);
  for (const name of names) {
    const scenario = await shipped(name);
    assert.equal(scenario.name, name);
    assert.equal((await loadWorkload(scenario.workloadDir, scenario)).length, scenario.operations.length);
    for (const { name, params } of scenario.operations.filter(({ write }) => write)) {
      await Deno.stat(join(scenario.workloadDir, `${name}.check.sql`));
      const draws = Object.values(params);
      assert.ok(draws.some((draw) => isReservedKey(scenario.operations, draw)), `${name} reserves no key`);
    }
  }
});

Deno.test("every file of these workloads belongs to a question or to a source of a scenario", async () => {
  const used = new Set<string>();
  const dirs = new Set<string>();
  for (const name of names) {
    const { workloadDir, operations, sources = {}, file } = await shipped(name);
    dirs.add(workloadDir);
    for (const operation of operations) {
      for (const end of [...SUFFIXES, ...operation.write ? [".check.sql"] : []]) {
        used.add(join(workloadDir, `${operation.name}${end}`));
      }
    }
    for (const source of Object.values(sources)) used.add(resolve(file, "..", Object.values(source)[0]!));
  }
  for (const dir of dirs) {
    for (const { name } of Deno.readDirSync(dir)) {
      if (!name.endsWith(".ts")) assert.ok(used.has(join(dir, name)), `${join(dir, name)} is asked by none`);
    }
  }
});

Deno.test("every preset of a shipped scenario can be run", async () => {
  const rates: Record<string, number[]> = {};
  for (const name of names) {
    for (
      const preset of Object.keys(
        (await import(join(root, `queries/scenarios/${name}.ts`))).default.presets ?? {},
      )
    ) {
      rates[preset] = (await shipped(name, { preset })).streams.map(({ rate }) => rate);
    }
  }
  assert.deepEqual(rates, { low: [10, 20], medium: [50, 150], high: [300, 700], ultra: [2000, 8000] });
});

Deno.test("read-heavy reads in 95 of 100 requests, shop-under-change in as many as is said, and spike goes to five times its rate", async () => {
  const writes = async (...of: Parameters<typeof shipped>) => {
    const { operations } = await shipped(...of);
    const sum = (some: typeof operations) => some.reduce((sum, { weight }) => sum + weight, 0);
    return sum(operations.filter(({ write }) => write)) / sum(operations);
  };
  assert.equal(await writes("read-heavy"), 0.05);
  assert.equal(await writes("shop-under-change"), 0.2);
  assert.equal(await writes("shop-under-change", { write_share: "80" }), 0.8);
  assert.equal(await writes("shop-under-change", { write_share: "0" }), 0);
  const { streams, rate } = await shipped("spike");
  assert.deepEqual(streams[0]!.stages!.map((stage) => stage.rate / rate), [1, 5, 1]);
});

// One scenario a workload; the others of the same questions are asked with the long tests.
