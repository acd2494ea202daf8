/** A thread that stands beside a generator and has one thing to do, told to it once. */
export class SideThread {
  /** Resolves when it is loaded. */
  readonly ready: Promise<void>;
  readonly #worker: Worker;

  /**
   * @param onError hears of a thread that failed
   * @param onNote hears what the thread has to say once it is loaded, in whole sentences
   */
  constructor(
    module: URL,
    order: unknown,
    transfer: Transferable[],
    onError: (message: string) => void,
    onNote: (sentence: string) => void = () => {},
  ) {
    this.#worker = new Worker(module, { type: "module" });
    this.#worker.onerror = (event) => {
      event.preventDefault();
      onError(event.message);
    };
    this.ready = new Promise((resolve) =>
      this.#worker.onmessage = ({ data }) => {
        resolve();
        if (data !== "ready") onNote(data as string);
      }
    );
    this.#worker.postMessage(order, transfer);
  }

  /** A thread that waits for memory cannot be terminated: it has to be woken first, to end itself. */
  terminate(): void {
    this.#worker.terminate();
  }
}
