import { formatSeconds } from "../model/units.ts";

/** How long a client waits for an answer. */
export interface Patience {
  /** After so long, and then again and again, it looks whether the server answers at all. */
  readonly lookMs: number;
  /** A server that has not let in another session within this time has stopped answering. */
  readonly aliveMs: number;
  /** For one statement, however well the server answers others; Infinity where nobody knows how long it takes. */
  readonly limitMs: number;
}

/**
 * Longer than any statement of ours that is to be short: those of an undo end by themselves after 60 s. One that loads
 * or reads a whole table has no limit, and still does not wait for a server that answers nobody.
 */
export const PATIENCE: Patience = { lookMs: 10_000, aliveMs: 5_000, limitMs: 65_000 };

/** What a client tells of the statement that it waits for. */
export interface Waiting {
  /** One and the same object as long as it is the same statement; null while nothing is asked. */
  current(): object | null;
  /** Whether the server says anything to another session within a time, be it that it has no room for one. */
  isAnswering(withinMs: number): Promise<boolean>;
  /** Called once, when the client is to wait no longer. */
  giveUp(error: Error): void;
}

/**
 * Watches over a client, so that it waits neither for ever nor for a server that has stopped answering.
 * @returns ends the watch
 */
export function watchPatience({ lookMs, aliveMs, limitMs }: Patience, waiting: Waiting): () => void {
  let statement: object | null = null;
  let sinceMs = 0;
  let looking = false;
  const stop = () => clearInterval(timer);
  const giveUp = (text: string) => {
    stop();
    waiting.giveUp(Object.assign(new Error(text), { code: "ETIMEDOUT" }));
  };
  const look = async () => {
    const current = waiting.current();
    const nowMs = performance.now();
    if (current === null || current !== statement) {
      statement = current;
      sinceMs = nowMs;
      return;
    }
    if (nowMs - sinceMs >= limitMs) return giveUp(`no answer within ${formatSeconds(limitMs / 1000)}`);
    if (looking) return;
    looking = true;
    const alive = await waiting.isAnswering(aliveMs);
    looking = false;
    if (!alive && waiting.current() === current) giveUp("the server has stopped answering");
  };
  const timer = setInterval(() => void look(), lookMs);
  Deno.unrefTimer(timer as unknown as number);
  return stop;
}
