import { createHash } from "node:crypto";
import type { LoadPlan } from "../load/plan.ts";
import type { Operation } from "../model/operation.ts";
import { BLOCK_SEGMENTS } from "../model/phases.ts";
import type { Phase } from "../model/run.ts";
import { isCaptured } from "../model/scenario.ts";
import { type Drawn, type LoadPart, rateOf } from "./load_part.ts";
import { LEDGER_KEYS } from "./own_parts.ts";

/** After so long a request is given up. */
export const TIMEOUT_MS = 5000;
/** Until Ctrl-C, unless that lasts beyond this. */
const LONGEST_SECONDS = 7 * 86_400;
/** Slots of a run have numbers below the proof's, and times below what numbers hold. */
const MOST_SLOTS = 9e8;
/** Pauses shorter than this are noise of any server, ms; and none is told from so many gaps between requests. */
const [LEAST_FLOOR_MS, FLOOR_GAPS] = [10, 3];

export interface ProbeLoadOptions {
  readonly parts: readonly LoadPart[];
  readonly drawn: Drawn;
  readonly connections: number;
  /** Absent: until it is ended. */
  readonly seconds?: number;
  /** Of the writes' values. */
  readonly seed: number;
  readonly spoolDir: string;
  readonly threadMigration: boolean;
}

/** Pauses shorter than that are not told, ms. */
export function floorMs(rate: number): number {
  return Math.max(LEAST_FLOOR_MS, FLOOR_GAPS * 1000 / rate);
}

/** The lowest rate at which pauses of some length are told, requests a second. */
export function leastRate(ms: number): number {
  return Math.ceil(FLOOR_GAPS * 1000 / ms);
}

/** All that come in a pause wait, until they time out: to shed some would make errors of a pause. */
export function inFlightCap(rate: number): number {
  return Math.max(1024, Math.ceil(2 * rate * TIMEOUT_MS / 1000));
}

/** Requests a second of all parts together. */
export function totalRate(parts: readonly LoadPart[]): number {
  return parts.reduce((sum, part) => sum + rateOf(part), 0);
}

/** How many slots a second the numbers go through, of which a stream has each so-many-th: numbers are dealt over all streams. */
export function slotsPerSecond(parts: readonly LoadPart[]): number {
  const streams = parts.flatMap(({ streams }) => streams);
  return Math.max(
    ...streams.map(({ rate, session, operations }) => rate * (session === null ? 1 : operations.length)),
  ) * streams.length;
}

/** The only phase of a probe. */
export function probePhase({ parts, seconds }: Pick<ProbeLoadOptions, "parts" | "seconds">): Phase {
  const lasts = Math.min(seconds ?? LONGEST_SECONDS, MOST_SLOTS / slotsPerSecond(parts));
  return {
    phaseId: 0,
    segment: BLOCK_SEGMENTS.steady,
    measured: true,
    block: 0,
    arm: null,
    startUs: 0,
    endUs: Math.round(lasts * 1e6),
  };
}

/** All parts at once, each over its own connections: evenly spaced, so that a pause is told as exactly as its rate allows. */
export function probeLoad(
  options: ProbeLoadOptions,
): { readonly plan: LoadPlan; readonly operations: Operation[] } {
  const { parts, drawn, connections, seed, spoolDir, threadMigration } = options;
  const asked = parts.flatMap((part, arm) =>
    part.streams.flatMap((stream) => stream.operations.map((operation) => ({ part, arm, stream, operation })))
  );
  const operations = asked.map(({ part, stream, operation }, operationId): Operation => ({
    operationId,
    workload: part.workload,
    stream: stream.name,
    name: operation.name,
    path: part.path,
    arm: part.name,
    statement: operation.text,
    fingerprint: createHash("sha256").update(operation.text).digest("hex").slice(0, 16),
    parameters: operation.parameters,
  }));
  const statements = asked.map(({ operation: { name, write = false, text, parameters, params } }, at) => ({
    operationId: at,
    name,
    write,
    unnamed: true,
    usesCaptured: Object.values(params).some(isCaptured),
    text,
    parameters: parameters.map((parameter) => parameter.name),
  }));
  let first = 0;
  const plan: LoadPlan = {
    seed,
    loop: { kind: "open" },
    streams: parts.flatMap(({ streams }) => streams).map(({ operations: { length: count }, ...stream }) => {
      const placed = { ...stream, stages: null, first, count };
      first += count;
      return placed;
    }),
    phases: [probePhase(options)],
    arms: parts.map(({ name, target }, arm) => ({
      name,
      target,
      statements: statements.filter((_, at) => asked[at]!.arm === arm),
    })),
    requests: asked.map(({ arm }, at) => ({
      arm,
      statement: at - asked.findIndex((other) => other.arm === arm),
    })),
    operations: asked.map(({ operation }) => operation),
    ...drawn,
    ownKeys: { ...drawn.ownKeys, ...LEDGER_KEYS },
    retry: null,
    connections,
    inFlightCap: inFlightCap(totalRate(parts)),
    timeoutMs: TIMEOUT_MS,
    workers: 1,
    spoolDir,
    threadMigration,
    tellConnections: true,
  };
  return { plan, operations };
}
