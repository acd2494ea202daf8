import { VERSION } from "../config.ts";
import type { Environment, Run, RunConfig } from "../model/run.ts";
import { DEFAULT_THRESHOLDS } from "../model/validity.ts";
import { hostFacts } from "../observe/host.ts";
import { placeOfUrl, shownPgUrl } from "../postgres/place.ts";
import type { ConnectionRoom } from "../probe/connection_room.ts";
import { floorMs, inFlightCap, probePhase, TIMEOUT_MS, totalRate } from "../probe/probe_load.ts";
import { rateOf } from "../probe/load_part.ts";
import type { PostgresFacts } from "../stack/postgres_server.ts";
import type { ProbeRequest } from "./probe_options.ts";
import type { ProbeParts } from "./probe_parts.ts";
import { gitCommit } from "./run_id.ts";

/** What is known of a probe before its clock starts. */
interface KnownProbe extends Pick<ProbeRequest, "given" | "pauseLimitMs" | "url" | "scenario"> {
  readonly runId: string;
  readonly facts: PostgresFacts;
  /** Of the ledger; null without one. */
  readonly schema: string | null;
  readonly room: ConnectionRoom;
  readonly asked: Pick<ProbeParts, "parts" | "services" | "notes">;
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

function configOf(
  { given, pauseLimitMs, url, schema, scenario, room, asked: { parts } }: KnownProbe,
): RunConfig {
  const { at, database } = placeOfUrl(url);
  const { duration: seconds, allow } = given;
  const rate = totalRate(parts);
  const streams = parts.flatMap(({ streams }) => streams);
  const operations = new Map(
    streams.flatMap(({ operations }) => operations).map((each) => [each.name, each]),
  );
  const floors = Object.fromEntries(parts.map((part) => [part.name, floorMs(rateOf(part))]));
  return {
    scenario: "probe",
    scenarioFile: null,
    title: `Probe of ${at}/${database}`,
    loop: "open",
    arrivals: "constant",
    ratePerSecond: rate,
    streams: streams.map(({ name, arrivals, rate, session, operations }) => ({
      arrivals,
      ratePerSecond: rate,
      name,
      stages: null,
      session: session !== null,
      operations: [...operations.values()].map(({ name }) => name),
    })),
    concurrency: null,
    durationSeconds: probePhase({ parts, seconds }).endUs / 1e6,
    warmupSeconds: 0,
    blockSeconds: 0,
    washoutSeconds: 0,
    timeoutMs: TIMEOUT_MS,
    inFlightCap: inFlightCap(rate),
    workers: 1,
    connections: room.connections,
    arms: parts.map(({ name }) => name),
    unavailableArms: [],
    operations: [...operations.values()].map(({ name, weight, write = false }) => ({ name, weight, write })),
    slo: null,
    settings: scenario?.settings ?? {},
    thresholds: DEFAULT_THRESHOLDS,
    scale: "own",
    probe: {
      place: `${at}/${database}`,
      schema,
      floorMs: Math.min(...Object.values(floors)),
      floors,
      pauseLimitMs,
      allow,
      seconds: seconds ?? null,
      paths: given.paths ?? null,
      scenario: scenario === null ? null : scenario.givenPath ?? scenario.name,
    },
  };
}

function environmentOf({ url, room, asked, facts: { version, settings } }: KnownProbe): Environment {
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
    }, ...asked.services],
    dataset: { name: "own", scale: "own", seed: 0, rows: 0, bytes: null, hash: "" },
    unavailable: [...room.note === null ? [] : [room.note], ...asked.notes],
  };
}
