import type { Environment, Run, RunConfig } from "../model/run.ts";
import { DEFAULT_THRESHOLDS } from "../model/validity.ts";
import type { FixtureOptions } from "./testing_options.ts";
import { FIXTURE_ARMS, FIXTURE_QUESTIONS } from "./testing_rows.ts";

/** The run record of a fixture. */
export function fixtureRecord(runId: string, seconds: number, options: FixtureOptions = {}): Run {
  return {
    runId,
    label: options.label ?? null,
    kind: "bench",
    scenario: "access-paths",
    startedAt: options.startedAt ?? new Date("2026-03-14T09:26:53Z"),
    endedAt: null,
    status: "running",
    verdict: null,
    seed: options.seed ?? 42,
    config: fixtureConfig(seconds, options),
    environment: fixtureEnvironment(),
    gitCommit: options.gitCommit === undefined
      ? "4f1c9ab2d0e37c58a6be1d90f3c2744b8d5e6a10"
      : options.gitCommit,
  };
}

/** The configuration that a fixture's run carries. */
export function fixtureConfig(seconds: number, options: FixtureOptions = {}): RunConfig {
  const open = (options.loop ?? "open") === "open";
  const warmupSeconds = options.warmupSeconds ?? 3;
  return {
    scenario: "access-paths",
    title: "The same questions over SQL, GraphQL and a cache",
    loop: open ? "open" : "closed",
    arrivals: open ? "poisson" : null,
    ratePerSecond: open ? options.rate ?? 400 : null,
    concurrency: open ? null : 8,
    durationSeconds: seconds - warmupSeconds,
    warmupSeconds,
    blockSeconds: options.blockSeconds ?? 1.4,
    washoutSeconds: options.washoutSeconds ?? 0.2,
    timeoutMs: 2000,
    inFlightCap: 256,
    workers: 1,
    connections: 16,
    arms: FIXTURE_ARMS,
    unavailableArms: [],
    operations: FIXTURE_QUESTIONS.map(({ name, weight, write }) => ({ name, weight, write })),
    slo: options.slo === undefined ? "p95<200ms,errors<1%" : options.slo,
    settings: {},
    thresholds: { ...DEFAULT_THRESHOLDS, ...options.thresholds },
    scale: "small",
  };
}

/** The machine that a fixture's run claims to have had. */
export function fixtureEnvironment(): Environment {
  const service = { origin: "embedded", available: true, reason: null } as const;
  return {
    benchbook: "0.1.0",
    deno: "2.9.6",
    os: "linux x86_64",
    kernel: "6.8.0",
    cpu: "Fixture CPU @ 3.00GHz",
    cores: 2,
    memoryBytes: 8 * 2 ** 30,
    hostname: "fixture",
    services: [
      {
        ...service,
        name: "postgres",
        version: "18.4",
        address: "127.0.0.1:54321",
        settings: { fsync: "on", synchronous_commit: "on", shared_buffers: "512MB" },
      },
      { ...service, name: "redis", version: "7.0.15", address: "127.0.0.1:54322", settings: {} },
      {
        ...service,
        name: "graphql",
        version: "PostGraphile 5.1.5",
        address: "127.0.0.1:54323",
        settings: {},
      },
    ],
    dataset: {
      name: "northwind",
      scale: "small",
      seed: 42,
      rows: 104_218,
      bytes: 18_432_000,
      hash: "9c1185a5c5e9fc54612808977ee8f548",
    },
    unavailable: [],
  };
}
