/// <reference lib="deno.worker" />
import { monotonicUs } from "../../load/clock.ts";
import { Dispatcher } from "../../load/dispatcher.ts";
import { openTargets } from "../../load/open_targets.ts";
import { type LoadPlan, mixOf } from "../../load/plan.ts";
import { SegmentWriter } from "../../store/segment_writer.ts";
import { type Call, settle, type Target } from "../../targets/target.ts";

/** A closed loop over a dispatcher, with or without a recorder, in a thread of its own: compiled for nothing else. */
export interface RecordingOrder {
  readonly plan: LoadPlan;
  /** A target that settles each call at once, instead of the plan's. */
  readonly nothing: boolean;
  readonly recorded: boolean;
  readonly clients: number;
  readonly warmup: number;
  readonly requests: number;
}

declare const self: DedicatedWorkerGlobalScope;

/** As the generator has it. */
const SPOOL_MS = 500;
const RECORDER_CAPACITY = 65_536;

/** Answers before it is asked. */
class Nothing implements Target {
  readonly #done = Promise.resolve();

  open(): Promise<void> {
    return this.#done;
  }

  run(call: Call): Promise<void> {
    const nowUs = monotonicUs();
    call.acquiredUs = nowUs;
    call.sentUs = nowUs;
    settle(call, monotonicUs(), "ok", null);
    return this.#done;
  }

  close(): Promise<void> {
    return this.#done;
  }
}

self.onmessage = async ({ data }: MessageEvent<RecordingOrder>) => {
  const { plan, nothing, recorded, clients, warmup, requests } = data;
  const opened = nothing
    ? { byArm: [new Nothing()], close: () => Promise.resolve() }
    : await openTargets(plan.arms, {
      connections: plan.connections,
      nowUs: monotonicUs,
      seed: plan.seed,
    });
  const writer = new SegmentWriter(`${plan.spoolDir}/timing-0.seg`, 0, RECORDER_CAPACITY);
  const mix = mixOf(plan);
  const dispatcher = new Dispatcher({
    phases: plan.phases,
    arms: plan.arms,
    targets: opened.byArm,
    mix,
    recorder: recorded ? writer : { push() {} },
    nowUs: monotonicUs,
    timeoutMs: plan.timeoutMs,
    inFlightCap: plan.inFlightCap,
    retry: null,
  });
  let slot = 0;
  let flushedAt = performance.now();
  const loop = async (until: number) => {
    while (slot < until) {
      const nowUs = monotonicUs();
      const mine = slot++;
      await dispatcher.dispatch(mine, mix.operationOf(mine), nowUs, nowUs);
      // Nothing here lets a timer through, as the generator's would be.
      if (mine % 64 === 0 && performance.now() - flushedAt > SPOOL_MS) {
        flushedAt = performance.now();
        writer.flush();
      }
    }
  };
  const all = (until: number) => Promise.all(Array.from({ length: clients }, () => loop(until)));
  await all(warmup);
  const begun = performance.now();
  await all(warmup + requests);
  const seconds = (performance.now() - begun) / 1000;
  writer.close();
  await opened.close();
  self.postMessage(seconds);
  self.close();
};
