import { createHash } from "node:crypto";
import type { LoadPlan } from "../load/plan.ts";
import type { Operation } from "../model/operation.ts";
import type { Phase } from "../model/run.ts";
import type { ScenarioOperation } from "../model/scenario.ts";
import { pathOf } from "../paths/registry.ts";
import { probeSql } from "./probe_sql.ts";

/** Of the probe's own load. */
export const [READ, WRITE] = ["read", "ledger-write"];
export const CONNECTIONS = 8;
/** After so long a request is given up. */
export const TIMEOUT_MS = 5000;
/** Until Ctrl-C, unless that lasts beyond this. */
const LONGEST_SECONDS = 7 * 86_400;
/** Slots of a run have numbers below the proof's, and times below what numbers hold. */
const MOST_SLOTS = 9e8;
/** Pauses shorter than this are noise of any server, ms; and none is told from so many gaps between requests. */
const [LEAST_FLOOR_MS, FLOOR_GAPS] = [10, 3];

export interface ProbeLoadOptions {
  /** May hold a password. */
  readonly url: string;
  /** What its connections are called at the server. */
  readonly session: string;
  /** Of the ledger; null: nothing is written. */
  readonly schema: string | null;
  readonly rate: number;
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

/** All that come in a pause wait, until they time out: to shed some would make errors of a pause. */
export function inFlightCap(rate: number): number {
  return Math.max(1024, Math.ceil(2 * rate * TIMEOUT_MS / 1000));
}

/** The only phase of a probe. */
export function probePhase({ rate, seconds }: Pick<ProbeLoadOptions, "rate" | "seconds">): Phase {
  const lasts = Math.min(seconds ?? LONGEST_SECONDS, MOST_SLOTS / rate);
  return {
    phaseId: 0,
    segment: "steady",
    measured: true,
    block: 0,
    arm: null,
    startUs: 0,
    endUs: Math.round(lasts * 1e6),
  };
}

/** Reads that need no table, and half of the requests writes of the ledger. */
export function probeOperations(schema: string | null): ScenarioOperation[] {
  const read: ScenarioOperation = { name: READ!, weight: 1, params: {} };
  if (schema === null) return [read];
  return [read, {
    name: WRITE!,
    weight: 1,
    write: true,
    params: {
      slot: { kind: "reserved", keys: "slots" },
      value: { kind: "integer", min: 0, max: 2 ** 31 - 1 },
    },
  }];
}

/** The load: evenly spaced, so that a pause is told as exactly as its rate allows. */
export function probeLoad(
  options: ProbeLoadOptions,
): { readonly plan: LoadPlan; readonly operations: Operation[] } {
  const { url, session, schema, rate, seed, spoolDir, threadMigration } = options;
  const asked = probeOperations(schema);
  const texts = [probeSql("read"), ...schema === null ? [] : [probeSql("write", schema)]];
  const statements = asked.map(({ name, write = false, params }, operationId) => ({
    operationId,
    name,
    write,
    text: texts[operationId]!,
    parameters: Object.keys(params),
  }));
  const operations = statements.map(({ operationId, name, text, parameters }) => ({
    operationId,
    workload: "probe",
    stream: "main",
    name,
    path: "sql" as const,
    arm: "sql",
    statement: text,
    fingerprint: createHash("sha256").update(text).digest("hex").slice(0, 16),
    parameters: parameters.map((parameter) => ({ name: parameter, type: "bigint" })),
  }));
  const plan: LoadPlan = {
    seed,
    loop: { kind: "open" },
    streams: [{
      name: "main",
      arrivals: "constant",
      rate,
      stages: null,
      session: null,
      first: 0,
      count: asked.length,
    }],
    phases: [probePhase(options)],
    arms: [{ name: "sql", target: pathOf("sql").targetAt({ postgres: { url, session } }), statements }],
    operations: asked,
    ownKeys: { slots: { from: 0 } },
    dataset: null,
    sources: {},
    retry: null,
    connections: CONNECTIONS,
    inFlightCap: inFlightCap(rate),
    timeoutMs: TIMEOUT_MS,
    workers: 1,
    spoolDir,
    threadMigration,
    tellConnections: true,
  };
  return { plan, operations };
}
