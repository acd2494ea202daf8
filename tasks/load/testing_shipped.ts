import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import { OUTCOMES } from "../model/timing.ts";
import type { ArmTarget } from "../paths/path.ts";
import { paths } from "../paths/registry.ts";
import { datasets } from "../seed/catalog.ts";
import { withClient } from "../seed/connect.ts";
import { setBackMarks } from "../seed/marked.ts";
import { removeReserved } from "../seed/reserved.ts";
import { seed } from "../seed/seed.ts";
import type { Stack } from "../stack/services.ts";
import { withStack } from "../stack/testing.ts";
import { readSegment } from "../store/segment_reader.ts";
import { mayWrite, slotWrites } from "../undo/may_write.ts";
import { armsOf, loadWorkload } from "./arms.ts";
import { planBlocks } from "./blocks.ts";
import { proveEqual } from "./equality.ts";
import { proofSlots } from "./proof_slots.ts";
import { clearCaches } from "./open_targets.ts";
import { type Arm, arrivalPlans, type LoadPlan, mixOf } from "./plan.ts";
import { fitStreams, peakRate } from "./rates.ts";
import { runLoad } from "./run_load.ts";
import { type LoadedScenario, loadScenario } from "./scenario.ts";
import { loadFileSources, loadSqlSources } from "./sources.ts";
import { mergeStreams } from "./streams.ts";

const root = resolve(import.meta.dirname!, "../..");

/** Asks each of these scenarios over all paths, each in a step of its own, on one stack. */
export async function exerciseShipped(t: Deno.TestContext, names: readonly string[]): Promise<void> {
  await withStack(async (stack) => {
    // Begun together, and waited for where they are needed.
    const prepared: Record<string, Promise<PreparedData>> = {};
    const scenarios: LoadedScenario[] = [];
    for (const name of names) scenarios.push(await loadScenario(root, name, {}));
    for (const name of new Set(scenarios.map(({ datasetName }) => datasetName!))) {
      prepared[name] = prepare(stack, name);
      prepared[name].catch(() => {});
    }
    for (const scenario of scenarios) {
      await t.step(scenario.name, async () => exercise(scenario, await prepared[scenario.datasetName!]!));
    }
  });
}

interface PreparedData {
  readonly databaseUrl: string;
  readonly dataset: NonNullable<LoadPlan["dataset"]>;
  readonly targets: readonly ArmTarget[];
}

async function prepare(stack: Stack, name: string): Promise<PreparedData> {
  const databaseUrl = await stack.databaseUrl(name);
  const { counts } = await seed({ url: databaseUrl, dataset: name, scale: "tiny", seed: 42 });
  const graphql = await stack.graphql(databaseUrl, datasets[name]!.schemas);
  assert.ok(graphql.available && stack.redis.available);
  const endpoints = {
    postgres: { url: databaseUrl },
    graphql: { url: graphql.url, headers: graphql.headers },
    cache: { redisUrl: stack.redis.url, prefix: "benchbook:test:", ttlSeconds: 60 },
  };
  const targets = paths.map((path) => path.targetAt(endpoints));
  return { databaseUrl, dataset: { name, counts }, targets };
}

/** Proves the paths equal, makes a second of load, and takes back what it wrote. */
async function exercise(
  scenario: LoadedScenario,
  { databaseUrl, dataset, targets }: PreparedData,
): Promise<void> {
  const workload = await loadWorkload(scenario.workloadDir, scenario);
  const sources = { ...await loadFileSources(scenario), ...await loadSqlSources(scenario, databaseUrl) };
  const { arms } = armsOf(scenario, workload, targets.map((target) => ({ name: target.path, target })));
  const mix = mixOf({ ...scenario, dataset, sources, seed: 42 });
  const signal = new AbortController().signal;
  const { compared } = await proveEqual({
    scenario,
    workload,
    arms,
    databaseUrl,
    mix,
    seed: 42,
    signal,
    onProgress() {},
  });
  assert.ok(compared >= 5 * arms.length * scenario.operations.length);
  const plan = planOf(scenario, { arms, dataset, sources });
  // Only what the generator may write is removed, and nothing may be left.
  const undo = () =>
    withClient(databaseUrl, async (client) => {
      const ofLoad = mayWrite(slotWrites({ ...plan, loop: plan.loop.kind }));
      const ofProof = new Set(proofSlots(scenario, arms.length).map(({ slot }) => slot));
      const isOurs = (slot: number) => ofLoad(slot) || ofProof.has(slot);
      const removed = await removeReserved(client, datasets[dataset.name]!, isOurs);
      assert.deepEqual(await removeReserved(client, datasets[dataset.name]!, () => true), {});
      const marks = new Set(datasets[dataset.name]!.marked.map(({ keys }) => keys));
      return { removed, setBack: await setBackMarks(client, datasets[dataset.name]!, marks) };
    });
  await undo();

  try {
    const { progress, interrupted } = await runLoad({ plan, signal });
    assert.equal(interrupted, false);
    assert.deepEqual(progress, {
      ...progress,
      ok: progress.due,
      failed: 0,
      timeout: 0,
      shed: 0,
      inFlight: 0,
    });
    const rows = rowsOf(plan.spoolDir);
    assert.equal(rows.length, progress.due);
    assert.equal(new Set(rows.map(({ slot }) => slot)).size, rows.length, "a slot left two rows");
    assert.deepEqual(new Set(rows.map(({ outcome }) => outcome)), new Set(["ok"]));
    const recorded = new Set(rows.map(({ slot }) => slot));
    for (const slot of dueSlots(plan)) assert.ok(recorded.has(slot), `slot ${slot} left no row`);
    if (scenario.streams.every(({ session }) => session === null)) {
      assert.equal(rows.length, dueSlots(plan).length);
    }
    const written = rows.map(({ operation }) => scenario.operations[operation % workload.length]!)
      .filter(({ write }) => write);
    const under = (isKey: (keys: string) => boolean) =>
      written.filter(({ params }) =>
        Object.values(params).some((draw) => draw.kind === "reserved" && isKey(draw.keys))
      ).length;
    const updates = under((keys) => keys === "reserved_names");
    const { removed, setBack } = await undo();
    assert.equal(
      removed["northwind.orders"] ?? removed["events.events_default"] ?? 0,
      under((keys) => keys !== "reserved_names"),
    );
    // Some rows were written more than once.
    assert.ok(setBack <= updates && (setBack > 0) === (updates > 0), `${setBack} rows of ${updates} writes`);
  } finally {
    await Deno.remove(plan.spoolDir, { recursive: true });
    await clearCaches(arms);
  }
}

function planOf(
  scenario: LoadedScenario,
  { arms, dataset, sources }: { readonly arms: readonly Arm[] } & Pick<LoadPlan, "dataset" | "sources">,
): LoadPlan {
  const durationSeconds = 0.3 * arms.length;
  return {
    seed: 42,
    loop: { kind: "open" },
    streams: fitStreams(scenario.streams, { factor: 1, warmupSeconds: 0, durationSeconds }),
    phases: planBlocks({
      arms: arms.map(({ name }) => name),
      seed: 42,
      warmupSeconds: 0,
      durationSeconds,
      blockSeconds: 0.3,
      washoutSeconds: 0,
    }),
    arms,
    operations: scenario.operations,
    dataset,
    sources,
    retry: null,
    connections: 4,
    inFlightCap: Math.ceil(peakRate(scenario.streams) * 10),
    timeoutMs: 30_000,
    workers: 1,
    spoolDir: Deno.makeTempDirSync(),
  };
}

/** Slots that are known before the run: all of them, or of sessions the first steps. */
function dueSlots(plan: LoadPlan): number[] {
  const slots: number[] = [];
  const due = mergeStreams(arrivalPlans(plan));
  for (; due.atUs !== Infinity; due.next()) {
    const { session, count } = plan.streams[due.stream]!;
    const nth = session === null ? due.nth : due.nth * count;
    slots.push(nth * plan.streams.length + due.stream);
  }
  return slots;
}

function rowsOf(spoolDir: string): { slot: number; operation: number; outcome: string }[] {
  const rows: { slot: number; operation: number; outcome: string }[] = [];
  for (const { name } of Deno.readDirSync(spoolDir)) {
    if (!name.endsWith(".seg")) continue;
    for (const { rows: count, columns } of readSegment(join(spoolDir, name), { droppedBytes: 0 })) {
      for (let at = 0; at < count; at++) {
        rows.push({
          slot: columns.slot[at]!,
          operation: columns.operation[at]!,
          outcome: OUTCOMES[columns.outcome[at]!]!,
        });
      }
    }
  }
  return rows;
}
