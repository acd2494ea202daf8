/// <reference lib="deno.worker" />
import { type ArrivalPlan, arrivals, stripe } from "./arrivals.ts";
import { monotonicUs } from "./clock.ts";
import { askForShortSlice } from "./priority.ts";

/**
 * Wakes a generator when a slot is due. Timers of the event loop are a millisecond or more late;
 * `Atomics.wait` is within some 75 µs of what was asked but blocks its thread: hence a thread that does
 * nothing else, and no busy waiting that would take CPU from the system under test.
 *
 * It is started beside the generator, not by it: Deno 2.9 looks at the messages of a worker's worker only
 * every 500 ms while both are idle.
 */
export interface MetronomeOrder {
  readonly arrivals: ArrivalPlan;
  readonly worker: number;
  readonly workers: number;
  /** Monotonic µs of the run's start. */
  readonly originUs: number;
  /** Int32: set to 1 and notified to end it. */
  readonly stop: SharedArrayBuffer;
  /** The way to the generator. */
  readonly port: MessagePort;
}

declare const self: DedicatedWorkerGlobalScope;

self.onmessage = ({ data }: MessageEvent<MetronomeOrder>) => {
  const stop = new Int32Array(data.stop);
  const due = stripe(arrivals(data.arrivals), data.worker, data.workers);
  while (due.atUs !== Infinity) {
    const waitUs = due.atUs - (monotonicUs() - data.originUs);
    if (waitUs > 0 && Atomics.wait(stop, 0, 0, waitUs / 1000) !== "timed-out") break;
    const nowUs = monotonicUs() - data.originUs;
    if (due.atUs > nowUs) continue;
    while (due.atUs <= nowUs) due.next();
    // The generator has the same schedule: all it needs is to be woken.
    data.port.postMessage(null);
  }
  self.close();
};

askForShortSlice();
// Loading takes a good part of a second on a cold machine: the run must not begin before it is done.
self.postMessage("ready");
