import assert from "node:assert/strict";

/** Whatever arrives: so much more may be needed than before, garbage that is not collected yet included. */
const MOST_GROWTH_BYTES = 400_000_000;
const LOOK_MS = 20;

/**
 * Does work and looks meanwhile and afterwards how much memory it needs, on this thread's heap and in buffers. Not the
 * process's: its other threads run other tests.
 */
export async function inBoundedMemory<T>(work: () => T | Promise<T>): Promise<T> {
  const needed = () => {
    const { heapUsed, external } = Deno.memoryUsage();
    return heapUsed + external;
  };
  const before = needed();
  let most = before;
  const look = () => void (most = Math.max(most, needed()));
  const timer = setInterval(look, LOOK_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    look();
    assert.ok(most - before < MOST_GROWTH_BYTES, `${most - before} bytes more than before`);
  }
}
