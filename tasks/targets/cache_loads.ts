import type { SingleFlight } from "../model/cache_settings.ts";
import type { Network } from "../net/channel.ts";
import type { Entries } from "./cache_entries.ts";
import type { Load, LoadedElsewhere } from "./cache_load.ts";
import type { CacheLocks } from "./cache_locks.ts";
import type { Lookup } from "./cache_lookup.ts";
import { type Call, complete, newCall, type Target } from "./target.ts";

export interface LoadsOptions {
  readonly target: Target;
  readonly entries: Entries;
  readonly singleFlight: SingleFlight;
  /** Of all processes; needed for `all`. */
  readonly locks: CacheLocks;
  /** Stores what was loaded. */
  readonly store: (load: Load, answer: unknown) => void;
  /** Whether anything is stored: else nobody need wait for another's load. */
  readonly stores: () => boolean;
  readonly network: Network;
  readonly nowUs: () => number;
  readonly clockUs: () => number;
  /** How long a load may take that nobody waits for, ms. */
  readonly limitMs: number;
}

/** What is asked behind the cache, one question of a key at a time where single flight says so. */
export class CacheLoads {
  readonly #options: LoadsOptions;
  /** By key; none without single flight. */
  readonly #loads = new Map<string, Load>();
  /** Begun since the last time of asking, with nobody waiting. */
  #inBackground = 0;

  constructor(options: LoadsOptions) {
    this.#options = options;
  }

  /** Answers from the target: with others that miss the same key at the same time, by one question. */
  answer(call: Call, lookup: Lookup, tag: number, store: boolean): void {
    const known = this.#loads.get(lookup.key);
    const load = known ?? this.#newLoad(lookup, { tag, store, background: false, replacesUs: NaN });
    load.waiting.add(call);
    call.abort = () => {
      load.waiting.delete(call);
      if (load.waiting.size === 0 && !load.background) this.#giveUp(load);
      call.onDone();
    };
    if (known === undefined) this.#begin(load);
  }

  /** Loads an entry anew while it is answered; one under way is enough. */
  refresh(lookup: Lookup, tag: number, replacesUs: number): void {
    if (this.#loads.has(lookup.key)) return;
    const load = this.#newLoad(lookup, { tag, store: true, background: true, replacesUs });
    load.unlimit = this.#options.network.later(this.#options.limitMs, () => this.#giveUp(load));
    this.#begin(load);
  }

  /** How many loads began since the last time of asking that no request waited for. */
  inBackground(): number {
    const count = this.#inBackground;
    this.#inBackground = 0;
    return count;
  }

  close(): void {
    for (const load of this.#loads.values()) {
      load.forget();
      load.unlimit();
    }
  }

  /** A load of its own: it goes on for the others when the one that began it has given up. */
  #newLoad(lookup: Lookup, kind: Pick<Load, "tag" | "store" | "background" | "replacesUs">): Load {
    const { entries, singleFlight } = this.#options;
    const load: Load = {
      ...kind,
      lookup,
      call: newCall(lookup.statement, lookup.values, entries.keep),
      waiting: new Set(),
      beganUs: NaN,
      lock: null,
      over: false,
      forget: () => {},
      unlimit: () => {},
    };
    if (singleFlight !== "off") this.#loads.set(lookup.key, load);
    load.call.onDone = () => this.#loaded(load);
    return load;
  }

  #begin(load: Load): void {
    const { singleFlight, locks, stores } = this.#options;
    if (singleFlight !== "all" || !load.store || !stores()) return this.#ask(load);
    locks.acquire(load, {
      acquired: () => this.#ask(load),
      elsewhere: (entry) => this.#answerElsewhere(load, entry),
      // Somebody loads it, and what there is serves meanwhile.
      busy: () => this.#end(load),
    });
  }

  #ask(load: Load): void {
    if (load.background) this.#inBackground++;
    // The one that began it; the others wait for its answer.
    for (const call of load.waiting) {
      call.loaded = true;
      break;
    }
    load.beganUs = this.#options.clockUs();
    this.#options.target.run(load.call);
  }

  #loaded(load: Load): void {
    // Given up: what is asked for since then has a load of its own.
    if (load.over) return;
    const { call: { outcome, answer }, waiting, store } = load;
    const lock = load.lock;
    load.lock = null;
    this.#end(load);
    for (const each of waiting) this.#answer(each, load.call);
    // Not before: who waits for the answer does not wait for the cache.
    if (store && outcome === "ok") this.#options.store(load, answer);
    lock?.release();
  }

  /** What nobody waits for would hold a connection, and go on at the server. */
  #giveUp(load: Load): void {
    if (load.over) return;
    this.#end(load);
    for (const each of load.waiting) this.#answer(each, load.call, "timeout");
    if (Number.isNaN(load.beganUs)) return;
    const { abort } = load.call;
    complete(load.call, this.#options.nowUs(), "timeout", null);
    abort?.();
  }

  #end(load: Load): void {
    load.over = true;
    load.forget();
    load.unlimit();
    load.lock?.release();
    load.lock = null;
    if (this.#loads.get(load.lookup.key) === load) this.#loads.delete(load.lookup.key);
  }

  #answer(call: Call, loaded: Call, outcome = loaded.outcome): void {
    if (call.completed) return;
    call.rows = loaded.rows;
    call.bytes = loaded.bytes;
    const { nowUs, entries } = this.#options;
    complete(call, nowUs(), outcome, loaded.error);
    const { answer } = loaded;
    if (call.keep) call.answer = outcome === "ok" ? entries.answerOf(answer) : answer;
    call.onDone();
  }

  #answerElsewhere(load: Load, { rows, bytes, ageUs, answer }: LoadedElsewhere): void {
    this.#end(load);
    for (const call of load.waiting) {
      if (call.completed) continue;
      call.rows = rows;
      call.bytes = bytes;
      call.ageUs = ageUs;
      complete(call, this.#options.nowUs(), "ok", null);
      if (call.keep) call.answer = answer(call.keep);
      call.onDone();
    }
  }
}
