import { arrivalPlans } from "../load/plan.ts";
import { operationChoice } from "../load/mix.ts";
import { migrationSchedule } from "../load/migration_schedule.ts";
import { mergeStreams } from "../load/streams.ts";
import { WhoseTurn } from "../load/whose_turn.ts";
import type { ComingRequest } from "../predict/stall.ts";
import { streamsOf } from "./load_plan.ts";
import type { SystemUnderTest } from "./system_under_test.ts";

/** Connections are taken within that, if they ever are. */
const FOR_MS = 20_000;
const MOST = 100_000;

/**
 * The requests that will be made from the moment on at which a change begins: which of them come when follows from the seed.
 * @returns empty of a load that is not open, or whose sessions ask by what they were answered
 */
export function comingRequests(
  system: Pick<SystemUnderTest, "scenario" | "plan" | "arms">,
  segmentSeconds: number,
): readonly ComingRequest[] {
  const { scenario, plan, arms } = system;
  const streams = streamsOf(system);
  if (plan.loop === "closed" || streams.some(({ session }) => session !== null)) return [];
  const change = { name: "", run: () => Promise.resolve() };
  const { phases } = migrationSchedule({
    warmupSeconds: plan.warmup,
    segmentSeconds,
    longestSeconds: FOR_MS / 1000,
    look: null,
    change,
  });
  const startUs = Math.round((plan.warmup + segmentSeconds) * 1e6);
  const operationOf = operationChoice(scenario.operations, streams, plan.seed);
  const turn = new WhoseTurn(phases, arms.map(({ name }) => name), plan.seed);
  const due = mergeStreams(arrivalPlans({ streams, seed: plan.seed, phases }));
  const coming: ComingRequest[] = [];
  for (; due.atUs < startUs + FOR_MS * 1000 && coming.length < MOST; due.next()) {
    if (due.atUs < startUs) continue;
    const operation = operationOf(due.slot, due.stream);
    const path = turn.armAt(turn.phaseAt(due.atUs), due.slot, operation);
    coming.push({ ms: (due.atUs - startUs) / 1000, path, operation });
  }
  return coming;
}
