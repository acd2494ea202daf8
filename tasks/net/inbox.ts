const FIRST_SIZE = 16 * 1024;

/**
 * What arrived and was not read yet: `bytes` from `start` to `end`. `start` may be set beyond `end`: what lies
 * between is skipped when it comes, without ever being kept.
 */
export class Inbox {
  bytes: Uint8Array = new Uint8Array(FIRST_SIZE);
  start = 0;
  end = 0;
  /** Called after bytes have arrived. */
  onBytes: () => void = () => {};
  /** Called once, when the other side has ended (null) or the way there broke. */
  onEnd: (error: Error | null) => void = () => {};
  #ended: { readonly error: Error | null } | null = null;

  /** How it ended; null while more may come. */
  get ended(): { readonly error: Error | null } | null {
    return this.#ended;
  }

  /** Where the next bytes go: behind those not read yet, which move to the front, or into a larger buffer. */
  room(): Uint8Array {
    if (this.start >= this.end) {
      this.start -= this.end;
      this.end = 0;
      return this.bytes;
    }
    const rest = this.end - this.start;
    if (rest < this.bytes.length) {
      this.bytes.copyWithin(0, this.start, this.end);
    } else {
      const larger = new Uint8Array(this.bytes.length * 2);
      larger.set(this.bytes);
      this.bytes = larger;
    }
    this.start = 0;
    this.end = rest;
    return this.bytes.subarray(rest);
  }

  /**
   * So many bytes were put where there was room.
   * @returns what its reader threw, else null: the place in the stream is lost then, and the channel is to be ended
   */
  arrived(count: number): Error | null {
    this.end += count;
    try {
      this.onBytes();
      return null;
    } catch (error) {
      return error as Error;
    }
  }

  /** No more will come. */
  close(error: Error | null): void {
    if (this.#ended !== null) return;
    this.#ended = { error };
    try {
      this.onEnd(error);
    } catch {
      // Its reader has nothing more to hear, and one connection's reader must not end the thread of all.
    }
  }

  /** Waits for more. @returns false at the end @throws what broke the way */
  more(): Promise<boolean> {
    if (this.#ended !== null) {
      return this.#ended.error === null ? Promise.resolve(false) : Promise.reject(this.#ended.error);
    }
    return new Promise((resolve, reject) => {
      this.onBytes = () => resolve(true);
      this.onEnd = (error) => error === null ? resolve(false) : reject(error);
    });
  }
}
