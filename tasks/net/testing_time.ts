/** A time that a test sets: nothing is waited for, and what is due comes in its order. */
export class SetTime {
  nowMs = 0;
  readonly #waiting = new Set<{ readonly atMs: number; readonly work: () => void }>();

  /** As `Network.later`. */
  readonly later = (ms: number, work: () => void): () => void => {
    const timer = { atMs: this.nowMs + ms, work };
    this.#waiting.add(timer);
    return () => this.#waiting.delete(timer);
  };

  /** How many timers run. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /** Lets so much time pass, and what comes of each moment before the next. */
  async pass(ms: number): Promise<void> {
    const untilMs = this.nowMs + ms;
    for (;;) {
      const [next] = [...this.#waiting].sort((one, other) => one.atMs - other.atMs);
      if (next === undefined || next.atMs > untilMs) break;
      this.#waiting.delete(next);
      this.nowMs = Math.max(this.nowMs, next.atMs);
      next.work();
      await settled();
    }
    this.nowMs = untilMs;
    await settled();
  }
}

/** After all that follows from what is known by now. */
function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
