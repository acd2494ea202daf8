import type { Rows } from "../../store/runs.ts";
import { query } from "../../store/sql.ts";
import { type Part, secondsOf } from "./parts.ts";

/** Noise is told from so many units of time at least, however short a part is. */
const LEAST_UNITS = 32;

/** Requests of one path and kind in a part of a run, by unit of time. Response times in ms, Infinity of those never served. */
export interface Responses {
  readonly part: Part;
  readonly unitsPerSecond: number;
  /** Requests due in it; the failed have no response time. */
  readonly n: number;
  /** Of each unit, in order of time. */
  readonly units: readonly (readonly number[])[];
  readonly shortestTimeoutMs: number | null;
}

/** A path and a kind; `path` null: all paths. */
export interface Group {
  readonly path: string | null;
  readonly kind: "read" | "write" | "all";
}

/** One row of migration/responses.sql. */
export interface UnitRow {
  readonly path: string;
  readonly kind: "read" | "write";
  readonly segment: string;
  readonly unit: number;
  readonly n: number;
  readonly ms: readonly number[] | null;
  readonly shortestTimeoutMs: number | null;
}

/** Seconds of a part are cut into so many units. */
export function unitsPerSecond(part: Part): number {
  return Math.max(1, Math.ceil(LEAST_UNITS / secondsOf(part)));
}

/** The response times of the parts, to be asked for by group. */
export async function readResponses(
  rows: Rows,
  of: { readonly run: string; readonly writes: string },
  parts: readonly Part[],
): Promise<UnitRow[]> {
  const segments = parts.map((part) => ({ ...part, unitsPerSecond: unitsPerSecond(part) }));
  return await rows.rows<UnitRow>(query("migration/responses"), {
    ...of,
    segments: JSON.stringify(segments),
  });
}

/** Of one group and part, what the rows have. */
export function responsesOf(rows: readonly UnitRow[], { path, kind }: Group, part: Part): Responses {
  const perSecond = unitsPerSecond(part);
  const units = Array.from({ length: Math.ceil(secondsOf(part) * perSecond) }, (): number[] => []);
  let n = 0;
  let shortestTimeoutMs: number | null = null;
  for (const row of rows) {
    if (row.segment !== part.segment || (path ?? row.path) !== row.path) continue;
    if (kind !== "all" && kind !== row.kind) continue;
    n += row.n;
    const unit = units[row.unit];
    for (const ms of row.ms ?? []) unit?.push(ms);
    if (row.shortestTimeoutMs !== null) {
      shortestTimeoutMs = Math.min(shortestTimeoutMs ?? Infinity, row.shortestTimeoutMs);
    }
  }
  return { part, unitsPerSecond: perSecond, n, units, shortestTimeoutMs };
}

/** The groups that a run has requests of: each path's reads and writes, then those of all paths, and all together. */
export function groupsOf(paths: readonly string[], rows: readonly UnitRow[]): Group[] {
  const has = ({ path, kind }: Group) =>
    rows.some((row) => (path ?? row.path) === row.path && (kind === "all" || kind === row.kind));
  const kinds = ["read", "write"] as const;
  return [
    ...paths.flatMap((path) => kinds.map((kind): Group => ({ path, kind }))),
    ...kinds.map((kind): Group => ({ path: null, kind })),
    { path: null, kind: "all" as const },
  ].filter(has);
}
