import type { Span } from "../model/prediction.ts";
import { formatMs } from "../model/units.ts";
import { mean } from "../stats/moments.ts";
import { less } from "./span.ts";

/** A request that will be made. */
export interface ComingRequest {
  /** After the change begins. */
  readonly ms: number;
  /** Their indexes. */
  readonly path: number;
  readonly operation: number;
}

/** What a load asks of a database over one path. */
export interface LoadFacts {
  /** Requests a second over all paths, at an even split. */
  readonly rate: number;
  /** Paths that reach the database. */
  readonly paths: number;
  /** Connections that each path keeps: a request that waits for a lock keeps one. */
  readonly connections: number;
  /** A request is given up after so long, ms. */
  readonly timeoutMs: number;
  /** Of its requests 95 % are answered within that where nothing holds them up, ms. */
  readonly responseMs: number;
  /** So many times as long work takes beside it. */
  readonly slowdown: number;
  /** In order of time; empty where that cannot be known. */
  readonly coming: readonly ComingRequest[];
  readonly operations: readonly {
    readonly write: boolean;
    /** Of all requests. */
    readonly share: number;
    /** Relations that it reads or writes, `schema.name`; views among them. */
    readonly relations: readonly string[];
    /** Of these it writes; empty of a read. */
    readonly writes: readonly string[];
    /** Of these it changes rows that are there, and so may wait for one. */
    readonly changes: readonly string[];
  }[];
}

/** A time in which a lock keeps others out. */
export interface Hold {
  readonly relation: string;
  readonly mode: string;
  readonly span: Span;
  /** It begins so long after the change does. */
  readonly fromMs: number;
  /** The lock is of rows alone, one more all the time. */
  readonly rows: boolean;
}

/** So long a load goes on beside a hold, until those who wait have taken all connections, ms. */
export function loadBeside(hold: Hold, load: LoadFacts): number {
  const stopped = load.operations.filter((operation) => isStopped(operation, hold))
    .reduce((sum, { share }) => sum + share, 0);
  if (stopped === 0) return Infinity;
  const known = fullAfter(hold, load);
  if (known.length > 0) return mean(known);
  return untilFull(hold, { ...load, paths: 1 }, load.rate / load.paths * stopped);
}

/** Weaker ones keep no reader and no writer of rows out. */
const STOPS_WRITES = ["ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock"];

/** What users see of a hold: null where it stops nobody of this load. */
export function stallBehind(
  hold: Hold,
  load: LoadFacts,
): { readonly span: Span; readonly why: string } | null {
  const kinds = [true, false].map((write) => ofKind(hold, load, write)).filter((each) => each !== null);
  return kinds.reduce<{ span: Span; why: string } | null>(
    (most, each) => most === null || each.span.ms > most.span.ms ? each : most,
    null,
  );
}

function ofKind(hold: Hold, load: LoadFacts, write: boolean) {
  const own = load.operations.filter((operation) => operation.write === write);
  const share = (some: typeof own) => some.reduce((sum, operation) => sum + operation.share, 0);
  const stopped = share(own.filter((operation) => isStopped(operation, hold)));
  if (stopped === 0) return null;
  const kind = write ? "writes" : "reads";
  const who = `${kind} of ${hold.relation}`;
  if (!hold.rows && stopped >= 0.999 * share(own)) {
    return { span: hold.span, why: `${who} wait for ${formatMs(hold.span.ms)}` };
  }
  const known = fullAfter(hold, load);
  // The longest stall is that of any path.
  const full = known.length > 0
    ? Math.min(...known)
    : untilFull(hold, load, load.rate / load.paths * stopped);
  return {
    span: less(hold.span, full),
    why: `${who} wait for ${formatMs(hold.span.ms)}; other ${kind} go on until those take all connections, ` +
      `some ${formatMs(full)}`,
  };
}

function isStopped(
  { relations, writes, changes }: LoadFacts["operations"][number],
  { relation, mode, rows }: Hold,
): boolean {
  if (rows) return changes.includes(relation);
  if (mode === "AccessExclusiveLock") return relations.includes(relation);
  return STOPS_WRITES.includes(mode) && writes.includes(relation);
}

/** How long each path goes on by the requests that will come until those who wait have taken its connections, ms; empty: not known. */
function fullAfter(hold: Hold, { coming, connections, paths, operations }: LoadFacts): number[] {
  // Which rows are locked by when cannot be known.
  if (hold.rows) return [];
  const waiting = Array.from({ length: paths }, () => 0);
  const full: number[] = [];
  for (const { ms, path, operation } of coming) {
    if (full.length === paths) break;
    if (ms < hold.fromMs || !isStopped(operations[operation]!, hold)) continue;
    if (++waiting[path]! === connections) full.push(ms - hold.fromMs);
  }
  return full;
}

/**
 * How long others go on until all connections of a path are taken by those who wait, ms: as many as there are have to come.
 * The path in which they come soonest counts, for the longest stall is that of any.
 */
function untilFull({ rows, span }: Hold, { connections, paths }: LoadFacts, perSecond: number): number {
  const deviations = paths > 1 ? 0.85 : 0;
  const arrivals = Math.max(1, connections - deviations * Math.sqrt(connections));
  // Of rows the share that is locked grows from none to all.
  return rows ? Math.sqrt(2 * arrivals * span.ms * 1000 / perSecond) : 1000 * arrivals / perSecond;
}
