/** A thread that stands beside a generator and has one thing to do, told to it once. */
export class SideThread {
  /** Resolves when it is loaded. */
  readonly ready: Promise<void>;
  readonly #worker: Worker;

  /** @param onError hears of a thread that failed */
  constructor(module: URL, order: unknown, transfer: Transferable[], onError: (message: string) => void) {
    this.#worker = new Worker(module, { type: "module" });
    this.#worker.onerror = (event) => {
      event.preventDefault();
      onError(event.message);
    };
    this.ready = new Promise((resolve) => this.#worker.onmessage = () => resolve());
    this.#worker.postMessage(order, transfer);
  }

  /** A thread that waits for memory cannot be terminated: it has to be woken first, to end itself. */
  terminate(): void {
    this.#worker.terminate();
  }
}
