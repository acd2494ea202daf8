import { Buffer } from "node:buffer";
import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { setImmediate } from "node:timers/promises";
import type { MoveSide } from "../../model/client_gate.ts";
import type { GatedPool, MakeClient } from "./gated_pool.ts";

/** Where its own Benchbook asks a PostGraphile to close or open its gate, by POST, with the token of its start. */
export const GATE_PATH = "/benchbook/gate";

/** What is asked there, as JSON. What could not be done is answered by a status of its own and words. */
export type GateRequest =
  | { readonly do: "prepare"; readonly at: MoveSide; readonly url: string }
  | { readonly do: "close" }
  | { readonly do: "open"; readonly at: MoveSide }
  /** Is answered when none of the requests that were sent before is at work any more. */
  | { readonly do: "settle" };

export const NOT_DONE = 409;

/** What was sent has arrived, and is read within a turn of the event loop or two. */
const TURNS = 5;

/**
 * Answers a request, by a promise (which grafserv's types do not tell) that is over when nothing is done for it any more,
 * whether its client is still there or not.
 */
type Work = (request: IncomingMessage, response: ServerResponse) => unknown;

/**
 * Answers what is asked at `GATE_PATH`, and hands on everything else. Who hangs up while a gate closes has it opened.
 * @param clientsOf makes the clients of a URL
 */
export function withGate(
  token: string,
  pool: GatedPool,
  clientsOf: (url: string) => Promise<MakeClient>,
  others: Work,
): RequestListener {
  const atWork = new Set<Promise<unknown>>();
  const hand = (request: IncomingMessage, response: ServerResponse) => {
    const cut = new Promise<void>((resolve) => request.on("close", () => request.complete || resolve()));
    const work = Promise.race([others(request, response), cut]);
    atWork.add(work);
    const over = () => atWork.delete(work);
    work.then(over, over);
  };
  const act = (asked: GateRequest, signal: AbortSignal): Promise<void> => {
    switch (asked.do) {
      case "prepare":
        return pool.prepare(asked.at, () => clientsOf(asked.url));
      case "close":
        return pool.close(signal);
      case "open":
        return pool.open(asked.at);
      case "settle":
        return settle(atWork, signal);
    }
  };
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const gone = new AbortController();
    response.on("close", () => gone.abort());
    try {
      await act(JSON.parse(await textOf(request)) as GateRequest, gone.signal);
      response.writeHead(204).end();
    } catch (error) {
      response.writeHead(NOT_DONE).end((error as Error).message);
    }
  };
  return (request, response) => {
    if (request.url !== GATE_PATH) return hand(request, response);
    if (isToken(token, request.headers.authorization)) return void answer(request, response);
    response.writeHead(403).end();
  };
}

async function settle(atWork: ReadonlySet<Promise<unknown>>, gone: AbortSignal): Promise<void> {
  const left = new Promise((resolve) => gone.addEventListener("abort", resolve));
  do {
    for (let turn = 0; turn < TURNS; turn++) await setImmediate();
    await Promise.race([Promise.allSettled([...atWork]), left]);
  } while (atWork.size > 0 && !gone.aborted);
}

function isToken(token: string, given = ""): boolean {
  const [wanted, found] = [Buffer.from(`Bearer ${token}`), Buffer.from(given)];
  return wanted.length === found.length && timingSafeEqual(wanted, found);
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString();
}
