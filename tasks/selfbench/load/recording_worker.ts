/// <reference lib="deno.worker" />
import { monotonicUs } from "../../net/clock.ts";
import { keepInFlight } from "../../load/keep_in_flight.ts";
import { Dispatcher } from "../../load/dispatcher.ts";
import { openLoop, waitsItself } from "../../load/generator_loop.ts";
import { openTargets } from "../../load/open_targets.ts";
import { type LoadPlan, mixOf } from "../../load/plan.ts";
import { runtimeNetwork } from "../../net/runtime_channel.ts";
import { SegmentWriter } from "../../store/segment_writer.ts";
import { NullTarget } from "../../targets/null.ts";

/** A closed loop over a dispatcher, with or without a recorder, in a thread of its own: compiled for nothing else. */
export interface RecordingOrder {
  readonly plan: LoadPlan;
  /** A target that completes each call at once, instead of the plan's. */
  readonly nothing: boolean;
  readonly recorded: boolean;
  readonly clients: number;
  readonly warmup: number;
  readonly requests: number;
}

declare const self: DedicatedWorkerGlobalScope;

/** As the generator has it. */
const SPOOL_US = 500_000;
const RECORDER_CAPACITY = 65_536;

self.onmessage = async ({ data }: MessageEvent<RecordingOrder>) => {
  const { plan, nothing, recorded, clients, warmup, requests } = data;
  const loop = waitsItself([]) ? openLoop({ timer: null, board: null }) : null;
  const network = loop ?? runtimeNetwork;
  const options = { connections: plan.connections, nowUs: monotonicUs, seed: plan.seed, network };
  const opened = nothing
    ? { byArm: [new NullTarget(monotonicUs)], close: () => Promise.resolve() }
    : await openTargets(plan.arms, options);
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
  let flushedUs = monotonicUs();
  const all = (until: number) =>
    keepInFlight(clients, () => slot >= until, (onEnd) => {
      const nowUs = monotonicUs();
      dispatcher.send(dispatcher.ready(slot, mix.operationOf(slot), nowUs), nowUs, onEnd);
      slot++;
      if (nowUs - flushedUs < SPOOL_US) return;
      flushedUs = nowUs;
      writer.flush();
    });
  await all(warmup);
  const begun = performance.now();
  await all(warmup + requests);
  const seconds = (performance.now() - begun) / 1000;
  writer.close();
  await opened.close();
  loop?.close();
  self.postMessage(seconds);
  self.close();
};
