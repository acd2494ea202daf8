import { readError } from "../postgres/error.ts";
import { Backend, HEADER, messageEnd, mostBytes, outOfStep } from "../postgres/wire.ts";

/** What has to come next. */
const Due = {
  nothing: 0,
  closed: 1,
  parsed: 2,
  parameters: 3,
  columns: 4,
  bound: 5,
  rows: 6,
  copy: 7,
  error: 8,
  ready: 9,
};

/** Steps of an answer that have one message and lead to one step. */
const STEPS: ReadonlyMap<number, readonly [type: number, next: number]> = new Map([
  [Due.closed, [Backend.closeComplete, Due.parsed]],
  [Due.parsed, [Backend.parseComplete, Due.parameters]],
  [Due.parameters, [Backend.parameterDescription, Due.columns]],
  [Due.bound, [Backend.bindComplete, Due.rows]],
  [Due.ready, [Backend.readyForQuery, Due.nothing]],
]);

/** What the server may say at any time. */
export function isUnasked(type: number): boolean {
  return type === Backend.notice || type === Backend.notification || type === Backend.parameterStatus;
}

/**
 * The order in which the messages of one statement's answer come. A message out of its turn means that the place
 * in the stream is lost: what follows could be taken for another statement's answer.
 * https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-EXT-QUERY
 */
export class AnswerOrder {
  #due = Due.nothing;
  /** What comes after the description of a statement that is prepared. */
  #described = Due.bound;

  /** True where nothing was asked, or all of the answer has come. */
  get idle(): boolean {
    return this.#due === Due.nothing;
  }

  /**
   * @param preparing whether Close, Parse and Describe went before Bind, Execute and Sync
   * @param alone whether they went before Sync alone
   */
  begin(preparing: boolean, alone: boolean): void {
    this.#due = preparing ? Due.closed : Due.bound;
    this.#described = alone ? Due.ready : Due.bound;
  }

  /** Takes the next message's type. @throws when it must not come now */
  take(type: number): void {
    // By far the most of all messages.
    if (type === Backend.dataRow && this.#due === Due.rows) return;
    if (isUnasked(type)) return;
    if (type === Backend.error) {
      // Also the last word of a server that goes away.
      if (this.#due !== Due.nothing) this.#due = Due.ready;
      return;
    }
    const next = this.#next(type);
    if (next === null) throw outOfStep();
    this.#due = next;
  }

  #next(type: number): number | null {
    const step = STEPS.get(this.#due);
    if (step !== undefined) return type === step[0] ? step[1] : null;
    switch (this.#due) {
      case Due.columns:
        return type === Backend.rowDescription || type === Backend.noData ? this.#described : null;
      case Due.rows:
        return afterRow(type);
      case Due.copy:
        if (type === Backend.copyData) return Due.copy;
        return type === Backend.copyDone ? Due.rows : null;
      default:
        return null;
    }
  }
}

function afterRow(type: number): number | null {
  switch (type) {
    case Backend.commandComplete:
    case Backend.emptyQuery:
      return Due.ready;
    case Backend.copyOut:
      return Due.copy;
    case Backend.copyIn:
      // It is refused, which the server answers by an error.
      return Due.error;
    default:
      return null;
  }
}

/**
 * What a server says where nothing is asked: why it goes away, or what belongs nowhere.
 * @returns null where its reason is still on the way
 */
export function lastWord(bytes: Uint8Array, at: number, end: number): Error | null {
  if (bytes[at] !== Backend.error) return outOfStep();
  try {
    const next = end - at < HEADER ? Infinity : messageEnd(bytes, at);
    if (next <= end) return readError(bytes, at + HEADER, next);
    return next - at - HEADER > mostBytes(Backend.error) && next !== Infinity ? outOfStep() : null;
  } catch (error) {
    return outOfStep(error);
  }
}
