import type { LoadStream } from "../load/scenario.ts";
import type { PathName } from "../model/operation.ts";
import type { OwnKeys, ScenarioOperation } from "../model/scenario.ts";
import type { ArmTarget } from "../paths/path.ts";
import type { SourceRows } from "../load/mix.ts";

/** A question of a probe, as one path asks it. */
export interface ProbedOperation extends ScenarioOperation {
  /** SQL with $1, $2 … or a GraphQL document. */
  readonly text: string;
  /** In placeholder order, or the variables of GraphQL. */
  readonly parameters: readonly { readonly name: string; readonly type: string }[];
}

/** A stream of a probe, all of whose operations go over one path. */
export interface ProbedStream extends Pick<LoadStream, "arrivals" | "rate" | "session"> {
  readonly name: string;
  readonly operations: readonly ProbedOperation[];
}

/** What a probe asks over one path, on connections of its own. */
export interface LoadPart {
  /** What the path is called in pauses and errors: `sql`, `graphql`, or `shop:sql` of a scenario. */
  readonly name: string;
  readonly path: PathName;
  /** The folder or scenario that its questions are of. */
  readonly workload: string;
  readonly target: ArmTarget;
  readonly streams: readonly ProbedStream[];
}

/** What parameters of some parts are drawn from. */
export interface Drawn {
  readonly ownKeys: Readonly<Record<string, OwnKeys>>;
  readonly dataset: { readonly name: string; readonly counts: Readonly<Record<string, number>> } | null;
  readonly sources: Readonly<Record<string, SourceRows>>;
}

export const NOTHING_DRAWN: Drawn = { ownKeys: {}, dataset: null, sources: {} };

/** Requests a second that a part makes; a session counts as the requests it makes. */
export function rateOf({ streams }: Pick<LoadPart, "streams">): number {
  return streams.reduce(
    (sum, { rate, session, operations }) => sum + rate * (session === null ? 1 : operations.length),
    0,
  );
}

/** Parts that make so many times as many requests. */
export function scaled(parts: readonly LoadPart[], factor: number): LoadPart[] {
  return parts.map((part) => ({
    ...part,
    streams: part.streams.map((stream) => ({ ...stream, rate: stream.rate * factor })),
  }));
}
