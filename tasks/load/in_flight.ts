/** What can be in an `InFlight` list. */
export interface Linked<T> {
  before: T | null;
  after: T | null;
  inFlight: boolean;
}

/**
 * What is in flight, in the order in which it was started. A chain through the items themselves: a Set would make
 * itself anew every few requests.
 */
export class InFlight<T extends Linked<T>> {
  #oldest: T | null = null;
  #newest: T | null = null;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get oldest(): T | null {
    return this.#oldest;
  }

  *[Symbol.iterator](): Generator<T> {
    for (let item = this.#oldest; item !== null; item = item.after) yield item;
  }

  add(item: T): void {
    item.inFlight = true;
    item.before = this.#newest;
    item.after = null;
    if (this.#newest === null) this.#oldest = item;
    else this.#newest.after = item;
    this.#newest = item;
    this.#size++;
  }

  /** @returns false when it was not among them */
  delete(item: T): boolean {
    if (!item.inFlight) return false;
    const { before, after } = item;
    if (before === null) this.#oldest = after;
    else before.after = after;
    if (after === null) this.#newest = before;
    else after.before = before;
    item.inFlight = false;
    item.before = item.after = null;
    this.#size--;
    return true;
  }
}
