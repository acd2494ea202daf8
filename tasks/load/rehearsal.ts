import { join } from "node:path";
import type { Phase } from "../model/run.ts";
import { SegmentWriter } from "../store/segment_writer.ts";
import type { Statement, Target } from "../targets/target.ts";
import { isDirect } from "../paths/path.ts";
import { pathOf } from "../paths/registry.ts";
import { keepInFlight } from "./keep_in_flight.ts";
import { Dispatcher } from "./dispatcher.ts";
import { LiveCounts } from "./live_counts.ts";
import type { Mix } from "./mix.ts";
import type { Arm, LoadPlan } from "./plan.ts";

/** Slots that no run reaches. */
const FIRST_SLOT = 1_050_000_000;
const REQUESTS = 4000;
/** At the most, for all arms: a slow system is met in the warm-up, not here. */
const BUDGET_MS = 800;
const CLIENTS = 8;
const SWEEP_MS = 100;

export interface RehearsalOptions {
  readonly plan: LoadPlan;
  readonly worker: number;
  /** In the order of the plan's arms. */
  readonly targets: readonly Target[];
  readonly mix: Mix;
  readonly nowUs: () => number;
}

/**
 * Asks the reads of each arm some thousands of times before the run's clock starts, by all of the code that makes
 * and records a run. A JavaScript engine runs new code many times slower than code it has compiled: without this
 * the generator's own first seconds would shape what it measures. The system under test has its own warm-up,
 * which is recorded; nothing here is.
 */
export async function rehearse({ plan, worker, targets, mix, nowUs }: RehearsalOptions): Promise<void> {
  const path = join(plan.spoolDir, `rehearsal-${worker}.seg`);
  using recorder = new SegmentWriter(path, worker, REQUESTS);
  let slot = FIRST_SLOT;
  const arms = plan.requests === undefined
    ? plan.arms
    : plan.arms.slice(0, 1).filter(({ target }) => isDirect(pathOf(target.path)));
  for (const [index, arm] of arms.entries()) {
    const reads = arm.statements.flatMap(({ write, usesCaptured }, at) => write || usesCaptured ? [] : [at]);
    if (reads.length === 0) continue;
    const phase: Phase = {
      phaseId: 0,
      segment: "rehearsal",
      measured: false,
      block: 0,
      arm: arm.name,
      startUs: -Infinity,
      endUs: Infinity,
    };
    const dispatcher = new Dispatcher({
      phases: [phase],
      arms: [{ ...arm, statements: arm.statements.map((each) => underAnotherName(each, arm)) }],
      targets: [targets[index]!],
      mix,
      recorder,
      live: new LiveCounts(),
      nowUs,
      timeoutMs: plan.timeoutMs,
      inFlightCap: CLIENTS,
      retry: null,
    });
    const share = arms.length;
    const sweeping = setInterval(() => dispatcher.sweep(), SWEEP_MS);
    const until = performance.now() + BUDGET_MS / share;
    const last = slot + Math.floor(REQUESTS / share);
    await keepInFlight(CLIENTS, () => slot >= last || performance.now() >= until, (onEnd) => {
      const atUs = nowUs();
      dispatcher.send(dispatcher.ready(slot, reads[slot % reads.length]!, atUs), atUs, onEnd);
      slot++;
    });
    clearInterval(sweeping);
  }
  recorder.close();
  Deno.removeSync(path);
}

/** Under another name the cache keeps it apart: the run begins with a cold one. */
function underAnotherName(statement: Statement, { target }: Arm): Statement {
  return target.cache !== undefined ? { ...statement, name: `rehearsal.${statement.name}` } : statement;
}
