import assert from "node:assert/strict";
import { loadScenario } from "../load/scenario.ts";
import { readConfig } from "../config.ts";
import { UsageError } from "../model/errors.ts";
import type { ArmRate } from "../model/rate_search.ts";
import { exampleSearch } from "../report/testing_find_rate.ts";
import { exampleSummary } from "../report/testing.ts";
import { armOf } from "./arm_search.ts";
import type { BenchArguments } from "./bench_options.ts";
import { exitCodeOf } from "./find_rate.ts";
import { armSlo, completeSearch, lowestRate, probeOf, probeSeconds } from "./probe.ts";
import type { SystemUnderTest } from "./system_under_test.ts";

const scenario = await loadScenario(readConfig().root, "access-paths");
const given = (changes: Partial<BenchArguments>) => changes as BenchArguments;
const anArm = (path: string, name = path) => ({ name, path });
const step = { kind: "probe", rate: 240, confirmation: false, seed: 1 } as const;

Deno.test("without targets that a rate can be searched by, it is a usage error", () => {
  assert.equal(completeSearch(scenario, given({})), scenario.slo);
  assert.equal(completeSearch(scenario, given({ slo: "p99<1s" })), "p99<1s");
  const faults: [BenchArguments, RegExp][] = [
    [given({ concurrency: 4 }), /both --find-rate and --concurrency/],
    [given({ slo: "p95<1s,throughput>100/s" }), /"throughput>100\/s": it fails at every rate below/],
    [given({ slo: "p95=1s" }), /SLO term "p95=1s"/],
  ];
  for (const [wrong, said] of faults) {
    assert.throws(() => completeSearch(scenario, wrong), (error) => {
      return error instanceof UsageError && said.test(error.message);
    });
  }
  assert.throws(() => completeSearch({ ...scenario, slo: undefined }, given({})), /access-paths has none/);
});

Deno.test("an arm is judged by the terms that are about it, and by a hit rate only where it caches", () => {
  const slo = "p95<200ms,hit>80%,graphql: p99<1s over 10s,sql/product-by-id: p95<50ms,product-by-id: p50<9ms";
  const { scopes } = scenario;
  assert.equal(
    armSlo(slo, anArm("sql"), scopes),
    "p95<200ms,sql/product-by-id: p95<50ms,product-by-id: p50<9ms",
  );
  assert.equal(
    armSlo(slo, anArm("graphql"), scopes),
    "p95<200ms,graphql: p99<1s over 10s,product-by-id: p50<9ms",
  );
  assert.equal(armSlo(slo, anArm("sql+cache"), scopes), "p95<200ms,hit>80%,product-by-id: p50<9ms");
  const named = { ...scopes, arms: [...scopes.arms, "kept"] };
  assert.equal(
    armSlo("hit>80%,kept: p95<9ms,sql+cache: p95<1s", anArm("sql+cache", "kept"), named),
    "hit>80%,kept: p95<9ms",
  );
  assert.equal(armSlo("hit>80%,p95<1s", anArm("sql", "kept"), named), "p95<1s");
  assert.throws(() => armSlo("graphql: p95<1s", anArm("sql"), scopes), /over sql: no term of the SLO/);
});

Deno.test("an arm's probes write into no database but its own", () => {
  const arms = [{ name: "sql" }, { name: "twin" }, { name: "other" }, { name: "changed" }];
  // The last one's is a clone.
  const own = { part: 0, arms: [{}, {}, { elsewhere: true }, { elsewhere: true }] };
  const other = { part: 1, arms: [{ elsewhere: true }, { elsewhere: true }, {}, { elsewhere: true }] };
  const system = { arms, operations: [], plans: [], writing: { databases: [own, other] } };
  const written = arms.map(({ name }) =>
    armOf(system as unknown as SystemUnderTest, name).writing.databases.map(({ part }) => part)
  );
  assert.deepEqual(written, [[0], [0], [1], []]);
});

Deno.test("a probe at a low rate lasts until its requests can tell the quantile", () => {
  assert.equal(probeSeconds("p95<200ms", 5, 1000), 5);
  // p95 needs 72 requests (METHOD's 368 are for p99), and some more for luck.
  const seconds = probeSeconds("p95<200ms", 5, 8);
  assert(seconds * 8 > 72 && seconds <= 20, `${seconds}`);
  assert(probeSeconds("p99<200ms", 5, 50) * 50 > 368);
  const lowest = lowestRate("p99<200ms", 5);
  assert(probeSeconds("p99<200ms", 5, lowest) * lowest > 368);
  assert(lowestRate("errors<1%", 5) < 0.1);
});

Deno.test("a probe holds, fails by a target or by its queue, is invalid, or cannot tell", () => {
  const summary = exampleSummary();
  const held = { ...summary, verdict: "pass" as const, slo: summary.slo.filter(({ ok }) => ok) };
  const probe = probeOf(held, step, 5);
  assert.equal(probe.outcome, "holds");
  assert.equal(probe.reason, null);
  assert.deepEqual([probe.rate, probe.achieved, probe.p95Ms?.toFixed(2)], [240, 240, "4.37"]);

  assert.equal(probeOf(summary, step, 5).outcome, "fails");
  assert.equal(probeOf(summary, step, 5).reason, summary.reasons[0]);

  const text = "sql was overloaded in 1 of 1 blocks.";
  const queued = probeOf({ ...held, warnings: [{ code: "overloaded", text }] }, step, 5);
  assert.deepEqual([queued.outcome, queued.reason], ["fails", text]);

  const reasons = ["The generator paused for 412 ms."];
  const invalid = probeOf({ ...summary, verdict: "invalid", reasons }, step, 5);
  assert.deepEqual([invalid.outcome, invalid.reason], ["invalid", reasons[0]]);

  const untold = held.slo.map((result) => ({
    ...result,
    ok: false,
    measured: {
      ...result.measured,
      value: null,
      warnings: [{ code: "not-estimable", text: "p95 is not estimable from 9 requests." }],
    },
  }));
  assert.throws(() => probeOf({ ...held, slo: untold }, step, 5), /at 240 requests\/s: p95 is not estimable/);
});

Deno.test("the exit code says whether every arm has a rate", () => {
  const [found] = exampleSearch().arms as [ArmRate, ...ArmRate[]];
  const none = { ...found, interval: [null, 20] } as const;
  const invalid = { ...found, interval: [null, null] } as const;
  const code = (arms: readonly ArmRate[], asked?: boolean) =>
    exitCodeOf({
      arms,
      unavailable: asked === undefined ? [] : [{ arm: "graphql", reason: "It is not there.", asked }],
    });
  assert.equal(code([found]), 0);
  assert.equal(code([found, none]), 1);
  assert.equal(code([none, invalid]), 4);
  assert.equal(code([{ ...found, stopped: "The disk is full." }, invalid]), 3);
  // What was asked for by name and is not there is a failure, whatever was found of the rest.
  assert.equal(code([found], true), 3);
  assert.equal(code([found], false), 0);
});
