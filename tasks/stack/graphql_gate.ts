import type { ClientGate, MoveSide } from "../model/client_gate.ts";
import { anySignal } from "../net/any_signal.ts";
import { ServiceError } from "../model/errors.ts";
import { GATE_PATH, type GateRequest, NOT_DONE } from "./postgraphile/gate_endpoint.ts";
import type { GraphqlService } from "./services.ts";

/** Requests wait meanwhile, and a process that has stopped answering answers none of them. */
const OPEN_MS = 10_000;

type GateMove = Exclude<GateRequest, { do: "settle" }>;

/**
 * The gates of a PostGraphile's connections to PostgreSQL, one of each of its processes. A service of the user's has none
 * that we know of.
 * @param urls of the same database at each server; may hold passwords
 */
export function graphqlGates(
  { gateToken, processUrls }: Pick<GraphqlService, "gateToken" | "processUrls">,
  urls: Readonly<Record<MoveSide, string>>,
): ClientGate[] {
  if (gateToken === undefined) return [];
  return processUrls.map((process) => {
    const ask = (asked: GateMove, signal?: AbortSignal, limitMs?: number) =>
      post(new URL(GATE_PATH, process), gateToken, asked, signal, limitMs);
    return {
      prepare: (at, signal) => ask({ do: "prepare", at, url: urls[at] }, signal),
      close: (signal) => ask({ do: "close" }, signal),
      open: (at) => ask({ do: "open", at }, undefined, OPEN_MS),
    };
  });
}

async function post(
  url: URL,
  token: string,
  asked: GateMove,
  signal?: AbortSignal,
  limitMs?: number,
): Promise<void> {
  const limit = limitMs === undefined ? undefined : AbortSignal.timeout(limitMs);
  let status: number;
  let words: string;
  try {
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(url, {
      method: "POST",
      headers,
      body: JSON.stringify(asked),
      signal: anySignal(signal, limit),
    });
    status = response.status;
    words = await response.text();
  } catch (error) {
    signal?.throwIfAborted();
    throw failed(asked, "it does not answer", error);
  }
  if (status >= 400) throw failed(asked, status === NOT_DONE ? words : `HTTP status ${status}`);
}

function failed(asked: GateMove, state: string, cause?: unknown): ServiceError {
  const what = asked.do === "close"
    ? "hold back PostGraphile's clients"
    : `move PostGraphile's clients to the ${asked.at}`;
  return new ServiceError(`Cannot ${what}: ${state}`, "Read its log: deno task logs graphql.", { cause });
}
