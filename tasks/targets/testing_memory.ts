import assert from "node:assert/strict";

/** Whatever arrives: the process may need so much more than before, garbage that is not collected yet included. */
const MOST_GROWTH_BYTES = 400_000_000;
const LOOK_MS = 20;

/** Does work and looks meanwhile and afterwards how much memory the process needs for it. */
export async function inBoundedMemory<T>(work: () => T | Promise<T>): Promise<T> {
  const resident = () => Deno.memoryUsage().rss;
  const before = resident();
  let most = before;
  const look = () => void (most = Math.max(most, resident()));
  const timer = setInterval(look, LOOK_MS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    look();
    assert.ok(most - before < MOST_GROWTH_BYTES, `${most - before} bytes more than before`);
  }
}
