/** Work that is due at times of its own: a binary heap, earliest first. */
export class Deadlines {
  readonly #times: number[] = [];
  readonly #work: (() => void)[] = [];

  /** When the earliest is due, µs from the run's start; Infinity when there is none. */
  get nextUs(): number {
    return this.#times[0] ?? Infinity;
  }

  get size(): number {
    return this.#times.length;
  }

  add(atUs: number, work: () => void): void {
    let at = this.#times.length;
    this.#times.push(atUs);
    this.#work.push(work);
    for (let parent = at - 1 >> 1; at > 0 && this.#times[parent]! > atUs; parent = at - 1 >> 1) {
      this.#swap(at, parent);
      at = parent;
    }
  }

  /** Takes out the earliest. */
  take(): () => void {
    const work = this.#work[0]!;
    const last = this.#times.length - 1;
    this.#swap(0, last);
    this.#times.pop();
    this.#work.pop();
    for (let at = 0;;) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < last && this.#times[child]! < this.#times[least]!) least = child;
      }
      if (least === at) return work;
      this.#swap(at, least);
      at = least;
    }
  }

  #swap(a: number, b: number): void {
    [this.#times[a], this.#times[b]] = [this.#times[b]!, this.#times[a]!];
    [this.#work[a], this.#work[b]] = [this.#work[b]!, this.#work[a]!];
  }
}
