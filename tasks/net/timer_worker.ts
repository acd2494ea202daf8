/// <reference lib="deno.worker" />
import { monotonicUs } from "./clock.ts";
import { askForShortSlice } from "./priority.ts";
import { TimerRequest } from "./timer_request.ts";

/**
 * Wakes a thread when something is due there. Timers of Deno's event loop are a millisecond or more late;
 * `Atomics.wait` is within some 75 µs of what was asked but blocks its thread: hence a thread that does nothing
 * else, and no busy waiting that would take CPU from the system under test.
 *
 * It is started by the main thread and not by the one that it wakes: Deno 2.9 looks at the messages of a worker's
 * worker only every 500 ms while both are idle.
 */
export interface TimerOrder {
  /** See `TimerRequest`. */
  readonly request: SharedArrayBuffer;
  /** Where it posts when it is time. */
  readonly port: MessagePort;
}

declare const self: DedicatedWorkerGlobalScope;

self.onmessage = ({ data }: MessageEvent<TimerOrder>) => {
  const request = new TimerRequest(data.request);
  let served = NaN;
  while (!request.stopped) {
    const asked = request.atUs;
    const waitUs = asked === served ? Infinity : asked - monotonicUs();
    if (waitUs > 0) {
      request.sleep(asked, waitUs / 1000);
      continue;
    }
    served = asked;
    data.port.postMessage(null);
  }
  self.close();
};

askForShortSlice();
// Loading takes a good part of a second on a cold machine: nothing may count on it before it is done.
self.postMessage("ready");
