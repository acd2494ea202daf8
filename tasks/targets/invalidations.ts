/** Counted together, µs: a run's writes are many, and where in a run they were is asked only of its segments. */
const COUNTED_US = 100_000;

/** Tags that writes gave new versions: each outdates all entries of its tag. */
export interface Invalidated {
  /** Of the last of them, µs from the run's start. */
  readonly atUs: number;
  readonly n: number;
}

/** Counts them. */
export class Invalidations {
  #counted: { atUs: number; n: number }[] = [];
  #isAsked = false;

  add(atUs: number): void {
    const last = this.#counted.at(-1);
    if (last === undefined || Math.floor(last.atUs / COUNTED_US) !== Math.floor(atUs / COUNTED_US)) {
      this.#counted.push({ atUs, n: 1 });
    } else {
      last.atUs = atUs;
      last.n++;
    }
  }

  /** Since the last time of asking; the first time says that they are counted, also where there are none. */
  take(nowUs: number): readonly Invalidated[] {
    const taken = this.#counted;
    this.#counted = [];
    if (this.#isAsked) return taken;
    this.#isAsked = true;
    return [{ atUs: nowUs, n: 0 }, ...taken];
  }
}
