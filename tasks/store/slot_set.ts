const PAGE_SLOTS = 65_536;

/**
 * A set of slot numbers as a paged bitmap: an eighth of a byte for each slot of a run without holes, and no
 * more than a page for a stray one. A unique index in DuckDB over as many rows costs a hundred times that.
 */
export class SlotSet {
  readonly #pages = new Map<number, Uint8Array>();
  #number = -1;
  #page: Uint8Array = new Uint8Array(0);

  /** Adds a slot, an integer ≥ 0; false when it was there already. */
  add(slot: number): boolean {
    const number = Math.floor(slot / PAGE_SLOTS);
    if (number !== this.#number) this.#turnTo(number);
    const bit = slot - number * PAGE_SLOTS;
    const mask = 1 << (bit & 7);
    const before = this.#page[bit >> 3]!;
    this.#page[bit >> 3] = before | mask;
    return (before & mask) === 0;
  }

  /** Whether a slot, an integer ≥ 0, is there. */
  has(slot: number): boolean {
    const number = Math.floor(slot / PAGE_SLOTS);
    const page = this.#pages.get(number);
    if (page === undefined) return false;
    const bit = slot - number * PAGE_SLOTS;
    return (page[bit >> 3]! & 1 << (bit & 7)) !== 0;
  }

  #turnTo(number: number): void {
    let page = this.#pages.get(number);
    if (page === undefined) {
      page = new Uint8Array(PAGE_SLOTS / 8);
      this.#pages.set(number, page);
    }
    this.#number = number;
    this.#page = page;
  }
}
