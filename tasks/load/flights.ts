/** Something that can be one of `Flights`. */
export interface Linked<T> {
  before: T | null;
  after: T | null;
  aloft: boolean;
}

/**
 * What is under way, in the order in which it began. A chain through the things themselves: a Set would make
 * itself anew every few requests.
 */
export class Flights<T extends Linked<T>> {
  #oldest: T | null = null;
  #newest: T | null = null;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get oldest(): T | null {
    return this.#oldest;
  }

  add(flight: T): void {
    flight.aloft = true;
    flight.before = this.#newest;
    flight.after = null;
    if (this.#newest === null) this.#oldest = flight;
    else this.#newest.after = flight;
    this.#newest = flight;
    this.#size++;
  }

  /** @returns false when it was not among them */
  delete(flight: T): boolean {
    if (!flight.aloft) return false;
    const { before, after } = flight;
    if (before === null) this.#oldest = after;
    else before.after = after;
    if (after === null) this.#newest = before;
    else after.before = before;
    flight.aloft = false;
    flight.before = flight.after = null;
    this.#size--;
    return true;
  }
}
