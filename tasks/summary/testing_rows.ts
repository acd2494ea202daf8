import type { Operation } from "../model/operation.ts";
import type { Phase } from "../model/run.ts";
import type { Outcome } from "../model/timing.ts";
import type { FixtureOptions, FixtureRow } from "./testing_options.ts";
import { fixtureRandom, normal } from "./testing_random.ts";

export const FIXTURE_ARMS = ["sql", "graphql", "sql+cache"] as const;

/** Median service time over direct SQL in milliseconds, weight in the mix, rows and bytes of an answer. */
export const FIXTURE_QUESTIONS = [
  { name: "product-by-id", weight: 30, ms: 0.35, rows: 1, bytes: 240, write: false },
  { name: "customer-orders", weight: 20, ms: 0.9, rows: 10, bytes: 2400, write: false },
  { name: "order-details", weight: 20, ms: 1.3, rows: 1, bytes: 3100, write: false },
  { name: "product-list", weight: 12, ms: 0.8, rows: 20, bytes: 3900, write: false },
  { name: "order-search", weight: 10, ms: 1.9, rows: 20, bytes: 4200, write: false },
  { name: "sales-by-employee", weight: 3, ms: 4.2, rows: 9, bytes: 810, write: false },
  { name: "order-insert", weight: 5, ms: 1.6, rows: 1, bytes: 320, write: true },
] as const;

/** How much slower than direct SQL an arm answers, when its cache does not. */
const FACTOR: Readonly<Record<string, number>> = { sql: 1, graphql: 2.6, "sql+cache": 1.12 };
const HIT_RATE = 0.85;
const HIT_MS = 0.22;

/** A warm-up block of each arm, then rounds of one block of each in a changing order. */
export function fixturePhases(options: FixtureOptions = {}): Phase[] {
  const { blocks = 12, blockSeconds = 1.4, washoutSeconds = 0.2, warmupSeconds = 3, segments = ["steady"] } =
    options;
  const phases: Phase[] = [];
  let at = 0;
  let block = 0;
  const add = (segment: string, arm: string, seconds: number) => {
    if (seconds <= 0) return;
    const startUs = Math.round(at * 1e6);
    at += seconds;
    const endUs = Math.round(at * 1e6);
    const measured = segments.includes(segment);
    phases.push({ phaseId: phases.length, segment, measured, block, arm, startUs, endUs });
  };
  for (const arm of warmupSeconds > 0 ? FIXTURE_ARMS : []) {
    add("warmup", arm, warmupSeconds / FIXTURE_ARMS.length);
    block++;
  }
  for (let round = 0; round < blocks; round++) {
    for (let place = 0; place < FIXTURE_ARMS.length; place++) {
      const arm = FIXTURE_ARMS[(place * (1 + round % 2) + round) % FIXTURE_ARMS.length]!;
      add("washout", arm, washoutSeconds);
      add(segments[Math.floor(round * segments.length / blocks)]!, arm, blockSeconds - washoutSeconds);
      block++;
    }
  }
  return phases;
}

/** Seven questions over three paths. */
export function fixtureOperations({ streams = ["main"] }: FixtureOptions = {}): Operation[] {
  return FIXTURE_ARMS.flatMap((path, arm) =>
    FIXTURE_QUESTIONS.map((question, index): Operation => ({
      operationId: arm * FIXTURE_QUESTIONS.length + index,
      workload: "access-paths",
      stream: streams[index % streams.length]!,
      name: question.name,
      path,
      arm: path,
      statement: path === "graphql"
        ? `query ($id: Int!) { answer(question: "${question.name}", id: $id) { id } }`
        : `SELECT * FROM northwind.answer WHERE question = '${question.name}' AND id = $1`,
      fingerprint: `00000000000${arm}${index}`.padEnd(16, "f"),
      parameters: [{ name: "id", type: "integer" }],
    }))
  );
}

/** Poisson arrivals over the phases, each with its operation, fate and times. */
export function* fixtureRows(
  phases: readonly Phase[],
  operations: readonly Operation[],
  options: FixtureOptions,
): Generator<FixtureRow> {
  const { rate = 400, seed = 42, loop = "open" } = options;
  const random = fixtureRandom(seed);
  const endUs = phases.at(-1)!.endUs;
  const total = FIXTURE_QUESTIONS.reduce((sum, { weight }) => sum + weight, 0);
  let at = 0;
  let place = 0;
  for (let slot = 0;; slot++) {
    at += -Math.log(1 - random()) / rate * 1e6;
    if (at >= endUs) return;
    while (phases[place]!.endUs <= at) place++;
    let mark = random() * total;
    const index = FIXTURE_QUESTIONS.findIndex(({ weight }) => (mark -= weight) < 0);
    yield fixtureRow(slot, at, phases[place]!, index, operations, loop, random);
  }
}

function fixtureRow(
  slot: number,
  at: number,
  phase: Phase,
  index: number,
  operations: readonly Operation[],
  loop: "open" | "closed",
  random: () => number,
): FixtureRow {
  const question = FIXTURE_QUESTIONS[index]!;
  const arm = FIXTURE_ARMS.indexOf(phase.arm as typeof FIXTURE_ARMS[number]);
  const hit = random() < HIT_RATE;
  const cacheable = phase.arm === "sql+cache" && !question.write;
  const medianMs = cacheable && hit ? HIT_MS : question.ms * FACTOR[phase.arm!]!;
  const warming = phase.segment === "warmup" ? 1.8 : 1;
  const spread = Math.exp(0.45 * normal(random));
  const slow = random() < 0.004 ? 8 : 1;
  const fate = random();
  const outcome: Outcome = fate < 0.0004 ? "timeout" : fate < 0.003 ? "failed" : "ok";
  const wokeUs = Math.round(at + (loop === "open" ? 25 + 40 * random() : 0));
  const acquiredUs = Math.round(wokeUs + 4 + 12 * random());
  const sentUs = acquiredUs + 2;
  const serviceMs = outcome === "timeout" ? 2000 : medianMs * spread * slow * warming;
  const refused = phase.arm === "graphql" ? "HTTP 503" : slot % 3 === 0 ? "53300" : "40001";
  return {
    slot,
    attempt: 0,
    phase,
    operation: operations[arm * FIXTURE_QUESTIONS.length + index]!,
    intendedUs: loop === "open" ? Math.round(at) : wokeUs,
    wokeUs,
    acquiredUs,
    sentUs,
    doneUs: Math.round(sentUs + serviceMs * 1000),
    outcome,
    error: outcome === "failed" ? refused : null,
    cache: cacheable ? (hit ? 0 : fate > 0.99 ? 3 : 1) : -1,
    rows: outcome === "ok" ? question.rows : -1,
    bytes: outcome === "ok" ? Math.round(question.bytes * (phase.arm === "graphql" ? 1.35 : 1)) : -1,
  };
}
