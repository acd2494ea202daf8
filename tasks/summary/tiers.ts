import type { Run } from "../model/run.ts";
import type { Summary } from "../model/summary.ts";
import { type TierRefresh, turnSeconds, upkeepOf } from "../model/tier_settings.ts";
import type { BreakEven, TierArmSummary, TierSummary } from "../model/tier_summary.ts";
import { findPath, REFERENCE } from "../paths/registry.ts";
import type { Tier } from "../paths/tier.ts";
import { counter } from "../random/counter.ts";
import { breakEvenInterval, type BreakEvenPoint, breakEvenRate } from "../stats/break_even.ts";
import type { Rows } from "../store/runs.ts";
import { query } from "../store/sql.ts";
import type { Block, Staleness, TierRows, Work } from "./tier_rows.ts";
import { tierAdvice } from "./tier_advice.ts";
import { isKeptByWriters, promisedMs, type TierArm, upkeepSummary } from "./tier_upkeep.ts";

/** What tells how a run was asked. */
type Asked = Pick<Run, "config" | "seed">;

/** What the tiers of a stored run gave back, and what they cost; empty where it has none. */
export async function tierSummaries(
  rows: Rows,
  run: Asked & Pick<Run, "runId">,
  arms: readonly TierArm[],
  operations: readonly Summary[],
): Promise<TierSummary[]> {
  if (arms.every(({ path }) => findPath(path)?.tier === undefined)) return [];
  const { runId } = run;
  const ask = <Row>(name: string, parameters: Record<string, string> = {}) =>
    rows.rows<Row>(query(`summary/${name}`), { run: runId, ...parameters });
  const reads = JSON.stringify(run.config.operations.filter(({ write }) => !write).map(({ name }) => name));
  const refreshes = await ask<TierRefresh>("tier_refreshes");
  const promised = JSON.stringify(arms.flatMap((arm) => {
    const ms = promisedMs(arm, run, refreshes);
    return ms === null ? [] : [{ arm: arm.name, ms, written: isKeptByWriters(arm.path, run) }];
  }));
  const staleness = await ask<Staleness>("tier_staleness", { reads, promised });
  const work = await ask<Work>("tier_work");
  const blocks = await ask<Block>("tier_blocks", { reads });
  const disturbed = await ask<TierRows["disturbed"][number]>("tier_disturbed", { reads });
  const turn = turnSeconds(run.config.settings);
  const turns = turn === null
    ? []
    : await ask<NonNullable<TierRows["turns"]>[number]>("tier_turns", { reads, turn: String(turn * 1e6) });
  return summarised(run, arms, operations, { refreshes, staleness, work, blocks, disturbed, turns });
}

/** The same, pure. */
export function summarised(
  run: Asked,
  arms: readonly TierArm[],
  operations: readonly Summary[],
  rows: TierRows,
): TierSummary[] {
  const tiers = new Set(arms.flatMap(({ path }) => findPath(path)?.tier ?? []));
  return [...tiers].map(({ name, relation }) => {
    const own = arms.filter(({ path }) => findPath(path)!.tier?.name === name);
    const upkeep = upkeepSummary(name, run, rows);
    const found = {
      tier: name,
      relation,
      bytes: rows.work.find(({ tier, bytes }) => tier === name && bytes !== null)?.bytes ?? null,
      upkeep,
      arms: own.map((arm) => armSummary(arm, name, operations, rows, run)),
      writes: writesOf(name, run, rows.work),
      readsPerSecond: readsPerSecond(run),
      breakEven: breakEvenOf(name, run, arms, rows),
    };
    return { ...found, advice: tierAdvice(found) };
  });
}

function armSummary(
  own: TierArm,
  tier: string,
  operations: readonly Summary[],
  { staleness, work, refreshes }: TierRows,
  { config }: Asked,
): TierArmSummary {
  const arm = own.name;
  const promise = promisedMs(own, { config }, refreshes);
  const stale = staleness.find((row) => row.arm === arm);
  const reads = operations.filter((row) =>
    row.arm === arm && config.operations.some(({ name, write }) => !write && name === row.operation)
  );
  return {
    arm,
    staleness: promise === null || stale === undefined ? null : {
      n: stale.n,
      p50Ms: stale.p50Ms,
      p95Ms: stale.p95Ms,
      longestMs: stale.longestMs,
      promisedMs: promise,
      beyond: stale.beyond,
    },
    hitRate: operations.find((row) => row.arm === arm && row.operation === null)?.cache?.hitRate ?? null,
    databaseMs: databaseMs(reads, tier, work),
    tablesMs: databaseMs(reads.map((row) => ({ ...row, cache: null })), "none", work),
  };
}

/** What a read of an arm took in PostgreSQL, on average over what was asked. */
function databaseMs(
  reads: readonly Pick<Summary, "operation" | "n" | "cache">[],
  tier: string,
  work: readonly Work[],
): number | null {
  let [total, asked] = [0, 0];
  for (const { operation, n, cache } of reads) {
    const ms = meanMs(work, tier, operation!);
    if (ms === null) continue;
    total += n * (1 - (cache?.hitRate ?? 0)) * ms;
    asked += n;
  }
  return asked === 0 ? null : total / asked;
}

function meanMs(work: readonly Work[], tier: string, operation: string): number | null {
  const row = work.find((each) => each.tier === tier && each.operation === operation);
  return row === undefined || !row.calls || row.ms === null ? null : row.ms / row.calls;
}

function writesOf(tier: string, { config }: Asked, work: readonly Work[]): TierSummary["writes"] {
  return config.operations.filter(({ write }) => write).flatMap(({ name: operation }) => {
    const [ms, tablesMs] = [meanMs(work, tier, operation), meanMs(work, "none", operation)];
    return ms === null || tablesMs === null ? [] : [{ operation, ms, tablesMs }];
  });
}

/** Reads among what the run was asked a second, by its streams; of a closed loop it is not known. */
function readsPerSecond(run: Asked): number {
  return askedPerSecond(run, { write: false });
}

/** Reads, or writes, among what the run was asked a second, by its streams; 0 of a closed loop, of which it is not known. */
export function askedPerSecond(
  { config }: Pick<Run, "config">,
  { write }: { readonly write: boolean },
): number {
  const counted = new Set(
    config.operations.filter((operation) => operation.write === write).map(({ name }) => name),
  );
  const weights = new Map(config.operations.map(({ name, weight }) => [name, weight]));
  return (config.streams ?? []).reduce((sum, { ratePerSecond, session, operations }) => {
    const share = (names: readonly string[]) =>
      names.reduce((total, name) => total + (weights.get(name) ?? 0), 0);
    const own = operations.filter((name) => counted.has(name));
    return sum + ratePerSecond * (session ? own.length : share(own) / (share(operations) || 1));
  }, 0);
}

function breakEvenOf(
  tier: Tier["name"],
  run: Asked,
  arms: readonly TierArm[],
  { refreshes, blocks }: TierRows,
): TierSummary["breakEven"] {
  const with_ = arms.find(({ path }) => path === tier)?.name;
  const without = arms.find(({ path }) => path === REFERENCE)?.name;
  if (with_ === undefined || without === undefined) return null;
  const pairs = (read: boolean) => {
    const of = (arm: string) =>
      new Map(
        blocks.filter((row) => row.arm === arm && row.read === read).map(({ round, ms }) => [round, ms]),
      );
    const [tables, tiered] = [of(without), of(with_)];
    return [...tables].flatMap(([round, ms]) =>
      tiered.has(round) ? [{ tables: ms, tiered: tiered.get(round)! }] : []
    );
  };
  const saving = {
    savedMs: pairs(true).map(({ tables, tiered }) => tables - tiered),
    readsPerSecond: readsPerSecond(run),
  };
  const random = counter(run.seed, `break-even ${tier}`);
  if (upkeepOf(tier, run.config.settings) === null) {
    const costMs = pairs(false).map(({ tables, tiered }) => tiered - tables);
    return withUnit(breakEvenRate({ ...saving, costMs }, random), "writes per second");
  }
  const costMs = refreshes.filter((row) => row.tier === tier && row.outcome === "ok" && row.kind !== "made")
    .map(({ beganUs, endedUs }) => (endedUs - beganUs) / 1000);
  return withUnit(breakEvenInterval({ ...saving, costMs }, random), "seconds");
}

function withUnit(
  point: BreakEvenPoint | null,
  unit: "seconds" | "writes per second",
): TierSummary["breakEven"] {
  const finite = (value: number) => Number.isFinite(value) ? value : null;
  if (point === null) return null;
  const { value, low, high }: BreakEven = {
    value: finite(point.value),
    low: finite(point.low),
    high: finite(point.high),
  };
  return { value, low, high, unit };
}
