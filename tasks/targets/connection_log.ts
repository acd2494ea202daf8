import { errorCode } from "./error_code.ts";

/** What became of one of a target's connections. */
export interface ConnectionEvent {
  readonly kind: "lost" | "regained" | "refused";
  /** On the target's clock. */
  readonly atUs: number;
  /** Why: SQLSTATE or the system's code; empty where there is none, and of one that is there again. */
  readonly code: string;
  /** How long it was away, µs; 0 unless it is there again. */
  readonly awayUs: number;
}

/** Events that are kept between two times of asking; beyond that only the first are. */
const MOST = 10_000;

/** Keeps what becomes of connections, each known by its place in the pool. */
export class ConnectionLog {
  readonly #nowUs: () => number;
  readonly #lostUs = new Map<object, number>();
  #events: ConnectionEvent[] = [];

  constructor(nowUs: () => number) {
    this.#nowUs = nowUs;
  }

  lost(place: object, error: unknown): void {
    const atUs = this.#nowUs();
    if (!this.#lostUs.has(place)) this.#lostUs.set(place, atUs);
    this.#add({ kind: "lost", atUs, code: codeOf(error), awayUs: 0 });
  }

  refused(error: unknown): void {
    this.#add({ kind: "refused", atUs: this.#nowUs(), code: codeOf(error), awayUs: 0 });
  }

  regained(place: object): void {
    const atUs = this.#nowUs();
    const lostUs = this.#lostUs.get(place) ?? atUs;
    this.#lostUs.delete(place);
    this.#add({ kind: "regained", atUs, code: "", awayUs: atUs - lostUs });
  }

  /** The same, where it was lost: servers of HTTP end connections in order, too. */
  regainedIfLost(place: object): void {
    if (this.#lostUs.has(place)) this.regained(place);
  }

  /** What happened since the last time of asking. */
  take(): readonly ConnectionEvent[] {
    const taken = this.#events;
    this.#events = [];
    return taken;
  }

  #add(event: ConnectionEvent): void {
    if (this.#events.length < MOST) this.#events.push(event);
  }
}

function codeOf(error: unknown): string {
  return errorCode((error as { code?: unknown } | null)?.code) ?? "";
}
