import { VERSION } from "../config.ts";
import type { Environment, Run, RunConfig } from "../model/run.ts";
import { DEFAULT_THRESHOLDS } from "../model/validity.ts";
import { hostFacts } from "../observe/host.ts";
import { placeOfUrl, shownPgUrl } from "../postgres/place.ts";
import {
  CONNECTIONS,
  floorMs,
  inFlightCap,
  probeOperations,
  probePhase,
  TIMEOUT_MS,
} from "../probe/probe_load.ts";
import type { PostgresFacts } from "../stack/postgres_server.ts";
import type { ProbeRequest } from "./probe_options.ts";
import { gitCommit } from "./run_id.ts";

/** What is known of a probe before its clock starts. */
interface KnownProbe extends Pick<ProbeRequest, "given" | "pauseLimitMs" | "url"> {
  readonly runId: string;
  readonly facts: PostgresFacts;
  /** Of the ledger; null without one. */
  readonly schema: string | null;
}

/** The run's record before its clock starts. */
export async function probeRecord(known: KnownProbe): Promise<Run> {
  return {
    runId: known.runId,
    label: known.given.label ?? null,
    kind: "migrate",
    scenario: "probe",
    startedAt: new Date(),
    endedAt: null,
    status: "running",
    verdict: null,
    seed: crypto.getRandomValues(new Uint32Array(1))[0]! >>> 1,
    config: configOf(known),
    environment: environmentOf(known),
    gitCommit: await gitCommit(),
  };
}

function configOf({ given, pauseLimitMs, url, schema }: KnownProbe): RunConfig {
  const { at, database } = placeOfUrl(url);
  const { rate, duration: seconds, allow } = given;
  const operations = probeOperations(schema);
  const load = { arrivals: "constant", ratePerSecond: rate } as const;
  return {
    scenario: "probe",
    scenarioFile: null,
    title: "Probe of a change that is not Benchbook's",
    loop: "open",
    ...load,
    streams: [{
      ...load,
      name: "main",
      stages: null,
      session: false,
      operations: operations.map(({ name }) => name),
    }],
    concurrency: null,
    durationSeconds: probePhase({ rate, seconds }).endUs / 1e6,
    warmupSeconds: 0,
    blockSeconds: 0,
    washoutSeconds: 0,
    timeoutMs: TIMEOUT_MS,
    inFlightCap: inFlightCap(rate),
    workers: 1,
    connections: CONNECTIONS,
    arms: ["sql"],
    unavailableArms: [],
    operations: operations.map(({ name, weight, write = false }) => ({ name, weight, write })),
    slo: null,
    settings: {},
    thresholds: DEFAULT_THRESHOLDS,
    scale: "own",
    probe: { place: `${at}/${database}`, schema, floorMs: floorMs(rate), pauseLimitMs, allow },
  };
}

function environmentOf({ url, facts: { version, settings } }: KnownProbe): Environment {
  return {
    ...hostFacts(),
    benchbook: VERSION,
    services: [{
      name: "postgres",
      instance: "postgres",
      role: "primary",
      origin: "user",
      available: true,
      version,
      address: shownPgUrl(url),
      settings,
      reason: null,
    }],
    dataset: { name: "own", scale: "own", seed: 0, rows: 0, bytes: null, hash: "" },
    unavailable: [],
  };
}
