/**
 * Tells subscribers what happens: at once, in the order in which they subscribed. What one of them throws keeps
 * nothing from the others.
 * @example
 * ```ts
 * const hub = new EventHub<{ readonly greeted: string }>();
 * const names: string[] = [];
 * hub.on("greeted", (name) => names.push(name));
 * hub.emit("greeted", "Ada");
 * ```
 */
export class EventHub<Events extends object> {
  readonly #subscribers: { [Name in keyof Events]?: readonly ((event: Events[Name]) => void)[] } = {};
  readonly #onFailure: ((error: unknown) => void) | undefined;

  /** @param onFailure told of what a subscriber throws; without it whoever emits gets that */
  constructor(onFailure?: (error: unknown) => void) {
    this.#onFailure = onFailure;
  }

  on<Name extends keyof Events>(name: Name, subscriber: (event: Events[Name]) => void): void {
    this.#subscribers[name] = [...this.#subscribers[name] ?? [], subscriber];
  }

  /** Whether anybody listens: what is dear to tell need not be told otherwise. */
  has(name: keyof Events): boolean {
    return this.#subscribers[name] !== undefined;
  }

  emit<Name extends keyof Events>(name: Name, event: Events[Name]): void {
    for (const subscriber of this.#subscribers[name] ?? []) {
      try {
        subscriber(event);
      } catch (error) {
        if (this.#onFailure === undefined) throw error;
        this.#onFailure(error);
      }
    }
  }
}
