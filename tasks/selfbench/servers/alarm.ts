/// <reference lib="deno.worker" />
import { monotonicUs } from "../../load/clock.ts";
import { Wake } from "../../load/wake.ts";

/**
 * Wakes a server when an answer is due: timers of the event loop would be a millisecond late, which a known
 * distribution must not be.
 */
declare const self: DedicatedWorkerGlobalScope;

self.onmessage = ({ data }: MessageEvent<SharedArrayBuffer>) => {
  const wake = new Wake(data);
  while (!wake.stopped) {
    const asked = wake.atUs;
    const waitUs = asked - monotonicUs();
    if (waitUs > 0) {
      wake.sleep(asked, Math.min(waitUs / 1000, 1000));
      continue;
    }
    wake.taken(monotonicUs());
    self.postMessage(null);
  }
  self.close();
};
