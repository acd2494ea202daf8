import { createHash } from "node:crypto";
import {
  type Fingerprint,
  FINGERPRINT_PARTS,
  type FingerprintDifference,
  type FingerprintFacts,
} from "../model/fingerprint.ts";
import { type Environment, type RunConfig, SERVICE_NAMES, type ServiceFact } from "../model/run.ts";

const GIB = 2 ** 30;

/** What of a run's configuration is its load. */
export type LoadConfig = Pick<
  RunConfig,
  | "operations"
  | "arms"
  | "settings"
  | "timeoutMs"
  | "connections"
  | "hitTarget"
  | "migration"
  | "loop"
  | "concurrency"
  | "arrivals"
  | "ratePerSecond"
  | "streams"
>;

/** What a fingerprint is made of: a run that is stored, or one that is to be made. */
export interface Fingerprinted {
  readonly scenario: string;
  readonly config: LoadConfig;
  readonly environment: Pick<
    Environment,
    "cpu" | "cores" | "memoryBytes" | "kernel" | "services" | "dataset"
  >;
}

/**
 * The fingerprint of a stored run, of any version that stored it. Not in it: how long was measured, by how many threads,
 * and in what blocks; nor the name of the machine, which a container has anew each time.
 */
export function fingerprintOf({ scenario, config, environment }: Fingerprinted): Fingerprint {
  const parts = {
    machine: facts(machineOf(environment)),
    dataset: facts(datasetOf(environment)),
    load: facts(loadOf(scenario, config)),
  };
  return { ...parts, hash: hashOf(FINGERPRINT_PARTS.map((part) => parts[part].hash)) };
}

/** In what two fingerprints differ, in order; empty: the runs are comparable. */
export function differences(base: Fingerprint, candidate: Fingerprint): FingerprintDifference[] {
  return FINGERPRINT_PARTS.flatMap((part) => {
    const [a, b] = [base[part].values, candidate[part].values];
    return [...new Set([...Object.keys(a), ...Object.keys(b)])].filter((name) => a[name] !== b[name])
      .map((name) => ({ part, name, base: a[name] ?? null, candidate: b[name] ?? null }));
  });
}

type Values = Record<string, string>;

function machineOf({ cpu, cores, memoryBytes, kernel, services }: Fingerprinted["environment"]): Values {
  return {
    CPU: cpu,
    cores: String(cores),
    // A virtual machine's varies by some megabytes from one start to the next.
    memory: `${Math.round(memoryBytes / GIB) || "under 1"} GiB`,
    kernel: kernel.split(" ")[0]!,
    ...Object.fromEntries(
      (["postgres", "redis", "graphql"] as const).flatMap((name) => {
        const places = services.filter((service) => isShared(service, name)).map(placeOf);
        return places.length === 0 ? [] : [[SERVICE_NAMES[name], [...new Set(places)].sort().join(", ")]];
      }),
    ),
  };
}

/** What an arm's own file names belongs to that arm, which is what may differ. */
function isShared({ name, available, arms }: ServiceFact, wanted: ServiceFact["name"]): boolean {
  return name === wanted && available && arms === undefined;
}

/** Embedded ones have another port each time; a server of the user's is known by its address. */
function placeOf({ origin, address }: ServiceFact): string {
  if (origin === "embedded") return "embedded";
  return address === null ? "of unknown address" : address.replace(/\/\/[^/@]*@/, "//");
}

function datasetOf(
  { dataset: { name, scale, seed, variation, hash } }: Pick<Environment, "dataset">,
): Values {
  return { "data set": name, scale, seed: String(seed), variation: variation ?? "", content: hash };
}

function loadOf(scenario: string, config: LoadConfig): Values {
  const { operations, arms, settings, timeoutMs, connections, hitTarget, migration } = config;
  return {
    scenario,
    mix: operations.map(({ name, weight }) => `${name} ${weight}`).join(", "),
    ...arrivalsOf(config),
    arms: arms.join(", "),
    connections: String(connections),
    timeout: `${timeoutMs} ms`,
    // What is run afterwards is none of it.
    settings: Object.entries(settings).filter(([name]) => name !== "verify").sort(([a], [b]) =>
      a < b ? -1 : 1
    )
      .map(([name, value]) => `${name}=${value}`).join(" "),
    ...(hitTarget ?? null) === null ? {} : { "hit target": String(hitTarget) },
    ...migration === undefined ? {} : { migration: `${migration.name} (${migration.variant})` },
  };
}

function arrivalsOf(
  { loop, concurrency, arrivals, ratePerSecond, streams, operations }: LoadConfig,
): Values {
  if (loop === "closed") return { loop, clients: String(concurrency) };
  const main = {
    name: "main",
    arrivals,
    ratePerSecond,
    stages: null,
    session: false,
    operations: operations.map(({ name }) => name),
  };
  const told = (streams ?? [main]).map((stream) =>
    streamText(stream, streams !== undefined && streams.length > 1)
  );
  return { loop, arrivals: told.join("; ") };
}

interface Stream extends Omit<NonNullable<RunConfig["streams"]>[number], "arrivals" | "ratePerSecond"> {
  readonly arrivals: string | null;
  readonly ratePerSecond: number | null;
}

/** `poisson, 200 requests/s`; of several streams with their names and operations. */
function streamText(
  { name, arrivals, ratePerSecond, stages, session, operations }: Stream,
  named: boolean,
): string {
  const steps = (stages ?? []).map((stage) => JSON.stringify(stage)).join(" ");
  return [
    ...named ? [`${name} (${operations.join(", ")}):`] : [],
    `${arrivals ?? "unknown"}, ${ratePerSecond} ${session ? "sessions" : "requests"}/s`,
    ...steps === "" ? [] : [`by stages ${steps}`],
  ].join(" ");
}

function facts(values: Values): FingerprintFacts {
  return { values, hash: hashOf(Object.entries(values)) };
}

function hashOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 16);
}
