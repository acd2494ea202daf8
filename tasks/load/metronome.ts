/// <reference lib="deno.worker" />
import type { ArrivalPlan } from "./arrivals.ts";
import { monotonicUs } from "./clock.ts";
import { askForShortSlice } from "./priority.ts";
import { mergeStreams } from "./streams.ts";
import { Wake } from "./wake.ts";

/**
 * Wakes a generator when a slot is due. Timers of the event loop are a millisecond or more late;
 * `Atomics.wait` is within some 75 µs of what was asked but blocks its thread: hence a thread that does
 * nothing else, and no busy waiting that would take CPU from the system under test.
 *
 * It is started beside the generator, not by it: Deno 2.9 looks at the messages of a worker's worker only
 * every 500 ms while both are idle.
 */
export interface MetronomeOrder {
  /** Empty where all that is due is what the generator asks to be woken for. */
  readonly arrivals: readonly ArrivalPlan[];
  readonly worker: number;
  readonly workers: number;
  /** Monotonic µs of the run's start. */
  readonly originUs: number;
  /** When the last slot may be due, µs from the run's start. */
  readonly endUs: number;
  /** See `Wake`. */
  readonly wake: SharedArrayBuffer;
  /** The way to the generator. */
  readonly port: MessagePort;
}

declare const self: DedicatedWorkerGlobalScope;

self.onmessage = ({ data }: MessageEvent<MetronomeOrder>) => {
  const wake = new Wake(data.wake);
  const due = mergeStreams(data.arrivals, data.worker, data.workers);
  const now = () => monotonicUs() - data.originUs;
  for (let asked = wake.atUs; !wake.stopped; asked = wake.atUs) {
    const nextUs = Math.min(due.atUs, asked);
    // With nothing due a session may still ask for its next step, until the run ends.
    const waitUs = Math.min(nextUs, data.endUs) - now();
    if (waitUs > 0) {
      wake.sleep(asked, waitUs / 1000);
      continue;
    }
    if (nextUs === Infinity) break;
    const nowUs = now();
    while (due.atUs <= nowUs) due.next();
    wake.taken(nowUs);
    // The generator has the same schedule: all it needs is to be woken.
    data.port.postMessage(null);
  }
  self.close();
};

askForShortSlice();
// Loading takes a good part of a second on a cold machine: the run must not begin before it is done.
self.postMessage("ready");
