let lastMs = -Infinity;

/**
 * Says that work which must be finished has come a step further: a user who wants to leave waits for it a little
 * longer.
 */
export function progressed(): void {
  lastMs = performance.now();
}

/** Milliseconds since the last such step. */
export function sinceProgressMs(): number {
  return performance.now() - lastMs;
}
