import type { MoveSample } from "./move_options.ts";
import { lagBytes, type Link, readSentinel, writeSentinel } from "./link.ts";
import { sleep } from "../net/sleep.ts";

/** Between two readings, ms. */
const TICK_MS = 250;
/** What is under way when it is stopped is waited for so long, ms. */
const STOP_MS = 500;

/** What a link is at, again and again. */
export interface LagWatch {
  /** The lag as far as it is known; null: none was measured yet. */
  readonly lagMs: number | null;
  /** When the last row was written that has been seen, by `performance.now()`. */
  readonly seenMs: number;
  stop(): Promise<void>;
}

/**
 * Measures how far a receiver is behind: a row is written at the sender, and seen at the receiver; and what of the log is
 * not confirmed. Where that cannot be read now it is tried again.
 * @param link over sessions that nobody else uses
 */
export function watchLag(
  link: Link,
  nowUs: () => number,
  onSample: (sample: MoveSample) => void,
): LagWatch {
  const stopping = new AbortController();
  let lagMs: number | null = null;
  let lastMs = -Infinity;
  const beat = async () => {
    const bytes = await lagBytes(link);
    if (bytes !== null) onSample({ atUs: nowUs(), metric: "lag_bytes", value: Math.max(0, bytes) });
    const [sentUs, sentMs] = [nowUs(), performance.now()];
    const sent = await writeSentinel(link, 1);
    let toldMs = 0;
    while ((await readSentinel(link, 1) ?? -1) < sent) {
      const passedMs = (nowUs() - sentUs) / 1000;
      // What has not come yet is a lag too.
      lagMs = Math.max(lagMs ?? 0, passedMs);
      if (passedMs - toldMs >= TICK_MS) {
        onSample({ atUs: nowUs(), metric: "lag_ms", value: toldMs = passedMs });
      }
      await sleep(Math.max(2, passedMs / 10), stopping.signal);
    }
    const seenUs = nowUs();
    lagMs = (seenUs - sentUs) / 1000;
    lastMs = sentMs;
    onSample({ atUs: seenUs, metric: "lag_ms", value: lagMs });
  };
  const done = (async () => {
    while (!stopping.signal.aborted) {
      await beat().catch(() => {});
      await sleep(TICK_MS, stopping.signal).catch(() => {});
    }
  })();
  return {
    get lagMs() {
      return lagMs;
    },
    get seenMs() {
      return lastMs;
    },
    async stop() {
      stopping.abort();
      // A server that does not answer is not waited for: its session is ended then.
      await Promise.race([done, sleep(STOP_MS)]);
    },
  };
}
