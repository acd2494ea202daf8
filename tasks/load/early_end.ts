import type { RunStatus } from "../model/run.ts";
import { runtimeNetwork } from "../net/runtime_channel.ts";

/** Who can end a run before its schedule is over, and what a run is then. Of several the first counts. */
const STATUS = {
  service: "crashed",
  disk: "crashed",
  limit: "crashed",
  database: "crashed",
  // It has done what it was asked for.
  target: "complete",
  decided: "complete",
  user: "interrupted",
} as const satisfies Readonly<Record<string, RunStatus>>;

export interface EndReason {
  /** A service died, the disk is full, a limit is reached, the database is lost, a target is missed, all is decided, the user left. */
  readonly by: keyof typeof STATUS;
  /** As a sentence's part. */
  readonly why: string;
}

/** How a run ended. @param interrupted whether its schedule was cut */
export function statusOf(
  [reason]: readonly EndReason[],
  interrupted: boolean,
): Exclude<RunStatus, "running"> {
  // A user who came too late has interrupted nothing.
  return reason === undefined || (reason.by === "user" && !interrupted) ? "complete" : STATUS[reason.by];
}

/** Why a run crashed, as a sentence's part; null where it did not. */
export function crashOf([reason]: readonly EndReason[]): string | null {
  return reason !== undefined && STATUS[reason.by] === "crashed" ? reason.why : null;
}

/** Ends a run in order before its schedule is over, and knows why. */
export class EarlyEnd implements Disposable {
  readonly #ending = new AbortController();
  readonly #over = new AbortController();
  readonly #why = new Map<EndReason["by"], string>();
  #failure: { readonly error: unknown } | null = null;
  readonly #later: typeof runtimeNetwork.later;
  #forget: (() => void) | undefined;

  constructor(later = runtimeNetwork.later) {
    this.#later = later;
  }

  /** Aborted when the run is to end. */
  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  /** All that there are, the one that counts first. */
  get reasons(): readonly EndReason[] {
    return (Object.keys(STATUS) as EndReason["by"][]).flatMap((by) => {
      const why = this.#why.get(by);
      return why === undefined ? [] : [{ by, why }];
    });
  }

  /** @param afterMs how long the run goes on yet */
  because({ by, why }: EndReason, afterMs = 0): void {
    if (!this.#why.has(by)) this.#why.set(by, why);
    if (afterMs === 0) this.#ending.abort();
    else this.#forget ??= this.#later(afterMs, () => this.#ending.abort());
  }

  /** Ends it when another signal is aborted, or if it is. @param why of that signal's reason */
  when(signal: AbortSignal, by: EndReason["by"], why: (reason: unknown) => string): void {
    const relay = () => this.because({ by, why: why(signal.reason) });
    if (signal.aborted) relay();
    else signal.addEventListener("abort", relay, { signal: this.#over.signal });
  }

  /** Ends it because something that has to do with it cannot: the first such error is what the run comes to. */
  fail(error: unknown): void {
    this.#failure ??= { error };
    this.#ending.abort();
  }

  /** @throws the first error that `fail` was told */
  throwFailure(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }

  [Symbol.dispose](): void {
    this.#forget?.();
    this.#over.abort();
  }
}
