import assert from "node:assert/strict";
import { loadScenario } from "../load/scenario.ts";
import { UsageError } from "../model/errors.ts";
import { parseSlo } from "../model/slo.ts";
import { readConfig } from "../config.ts";
import { cached } from "../paths/cached.ts";
import { pathOf, PATHS, paths } from "../paths/registry.ts";
import { parsePaths, withGivenPaths } from "./path_options.ts";
import { checkTierArms } from "./tier_paths.ts";

const scenario = await loadScenario(readConfig().root, "access-paths");
const onlySql = { ...scenario, paths: ["sql"], scopes: { ...scenario.scopes, arms: ["sql"] } };

Deno.test("a scenario stays as it is where no path is asked for, or none but its own", () => {
  assert.equal(withGivenPaths(scenario, undefined), scenario);
  for (const text of ["sql", "sql+cache, graphql", scenario.paths.join(",")]) {
    assert.deepEqual(withGivenPaths(scenario, text), scenario);
  }
});

Deno.test("a path that asks with the files of the scenario's own can be asked for, and targets may name it", () => {
  for (const { name, suffix } of paths) {
    if (suffix !== ".sql") continue;
    const given = withGivenPaths(onlySql, `${name},sql`);
    assert.deepEqual([...given.paths].sort(), [...new Set(["sql", name])].sort());
    assert.equal(parseSlo(`${name}: p95<1s`, given.scopes).length, 1);
  }
  const untiered = paths.flatMap(({ name, tier }) => tier === undefined ? [name] : []);
  const all = withGivenPaths(scenario, untiered.join(","));
  assert.deepEqual([...all.paths].sort(), [...untiered].sort());
  // What the scenario names by itself comes first, in its own order.
  assert.deepEqual(all.paths.slice(0, scenario.paths.length), scenario.paths);
  for (const path of scenario.paths.map(pathOf).filter(({ cached }) => !cached)) {
    const { name } = cached(path);
    if (PATHS.includes(name)) assert.ok(withGivenPaths(scenario, name).paths.includes(name));
  }
});

Deno.test("a path without files, or of no such name, is a usage error that names the nearest", () => {
  for (
    const [text, next] of [["graphql", /Known: sql, sql\+cache/], ["sqll", /Did you mean "sql"\?/]] as const
  ) {
    assert.throws(() => withGivenPaths(onlySql, text), (error) => {
      assert.ok(error instanceof UsageError);
      assert.equal(error.message, `Cannot use the path "${text}": this scenario has none of that name`);
      assert.match(error.next!, next);
      return true;
    });
  }
  assert.deepEqual(parsePaths("sql, sql,graphql", PATHS), ["sql", "graphql"]);
});

Deno.test("a path over a tier can be asked for where the scenario's workload has files for it, and else says what is missing", async () => {
  const analytics = await loadScenario(readConfig().root, "sales-analytics");
  const tiered = paths.filter(({ tier }) => tier !== undefined).map(({ name }) => name);
  assert.ok(tiered.length > 0);
  for (const name of tiered) {
    assert.ok(withGivenPaths(analytics, name).paths.includes(name));
    const said = {
      message: new RegExp(`^Cannot use the path "${name.replace("+", "\\+")}": none of the questions`),
    };
    assert.throws(() => withGivenPaths(scenario, name), said);
  }
  const events = await loadScenario(readConfig().root, "saas-events");
  assert.throws(
    () => withGivenPaths(events, "matview"),
    /of the data set northwind, which saas-events has not/,
  );
});

Deno.test("an arm over a tier asks the clone in which that lies, and no database that its file names", async () => {
  const analytics = await loadScenario(readConfig().root, "sales-analytics");
  const arm = {
    name: "mine",
    path: "matview",
    role: "candidate",
    file: "mine.json",
    settings: {},
    asked: true,
    proven: true,
  } as const;
  checkTierArms([{ ...arm, overrides: { session: { work_mem: "64MB" } } }], analytics);
  const elsewhere = { databaseUrl: "postgres://127.0.0.1/x" };
  assert.throws(
    () => checkTierArms([{ ...arm, overrides: elsewhere }], analytics),
    /Cannot use the arm mine \(mine\.json\): databaseUrl: its path is matview, which asks a clone of its own/,
  );
  assert.doesNotThrow(() => checkTierArms([{ ...arm, path: "sql", overrides: elsewhere }], analytics));
  assert.throws(
    () => checkTierArms([{ ...arm, overrides: { settings: { refresh_every: 2 } } }], analytics),
    /settings\.refresh_every: all arms over a tier share it/,
  );
});
