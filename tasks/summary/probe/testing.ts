import type { LedgerEntry } from "../../model/migration.ts";
import type { Operation } from "../../model/operation.ts";
import { PROBE_METRICS, PROBE_SOURCE } from "../../model/probe.ts";
import type { Phase, Run, Sample } from "../../model/run.ts";
import { ledgerTable } from "../../store/tables/ledger.ts";
import { type Fixture, type FixtureRow, storeFixture } from "../testing.ts";
import { fixtureRecord } from "../testing_record.ts";
import { fixtureSamples } from "../testing_samples.ts";

/** A request falls due so often, µs; every other one writes. */
export const PERIOD = 2000;
const SECONDS = 10;

/** What can be varied in a made-up probe; by default nothing happened in it. */
export interface ProbeFixture {
  readonly runId?: string;
  readonly change?: (row: FixtureRow) => FixtureRow | null;
  readonly run?: (run: Run) => Run;
  readonly samples?: readonly Sample[];
  readonly ledger?: (entries: LedgerEntry[]) => LedgerEntry[];
}

/** What a probe saw at a moment. */
export function saw(
  atUs: number,
  metric: keyof typeof PROBE_METRICS,
  labels: Sample["labels"] = {},
  value = 1,
): Sample {
  return { atUs, source: PROBE_SOURCE, metric: PROBE_METRICS[metric], labels, value };
}

/** The labels of a server. */
export function serverLabels(more: Readonly<Record<string, string>> = {}): Sample["labels"] {
  return {
    address: "10.0.0.1",
    port: "5432",
    started: "1",
    system: "100",
    timeline: "1",
    recovery: "false",
    readOnly: "false",
    ...more,
  };
}

/** Stores a probe of ten seconds at 500 requests/s the way a real one comes to be. */
export async function probeFixture(dir: string, options: ProbeFixture = {}): Promise<Fixture> {
  const { change = (row) => row, ledger = (entries) => entries } = options;
  const phase: Phase = {
    phaseId: 0,
    segment: "steady",
    measured: true,
    block: 0,
    arm: null,
    startUs: 0,
    endUs: SECONDS * 1e6,
  };
  const operations = ["read", "ledger-write"].map((name, operationId): Operation => ({
    operationId,
    workload: "probe",
    stream: "main",
    name,
    path: "sql",
    arm: "sql",
    statement: "SELECT 1",
    fingerprint: `000000000000000${operationId}`,
    parameters: [],
  }));
  const rows = [...rowsOf(phase, operations)].flatMap((row) => change(row) ?? []);
  const entries = rows.filter(({ operation }) => operation.name === "ledger-write").map((
    { slot, outcome },
    seq,
  ): LedgerEntry => ({
    client: 0,
    seq,
    op: "ledger-write",
    slot,
    outcome: outcome === "ok" ? "ok" : outcome === "timeout" ? "unknown" : "failed",
    verified: outcome !== "timeout",
    problem: null,
  }));
  const run = record(options);
  return await storeFixture(dir, run, {
    phases: [phase],
    operations,
    rows,
    write: (spool) => {
      spool.samples([
        ...fixtureSamples(SECONDS, {}),
        ...options.samples ?? [saw(0, "server", serverLabels())],
      ]);
      spool.write(ledgerTable, ledger(entries));
    },
  });
}

function* rowsOf(phase: Phase, operations: readonly Operation[]): Generator<FixtureRow> {
  for (let slot = 0; slot * PERIOD < phase.endUs; slot++) {
    const intendedUs = slot * PERIOD;
    const wokeUs = intendedUs + 20;
    yield {
      slot,
      attempt: 0,
      phase,
      operation: operations[slot % 2]!,
      intendedUs,
      wokeUs,
      acquiredUs: wokeUs + 5,
      sentUs: wokeUs + 6,
      doneUs: wokeUs + 800,
      outcome: "ok",
      error: null,
      cache: -1,
      rows: 1,
      bytes: 100,
    };
  }
}

function record({ runId = "20260314-092653-1f3a", run = (plain) => plain }: ProbeFixture): Run {
  const plain = fixtureRecord(runId, SECONDS, { slo: null });
  const { config } = plain;
  return run({
    ...plain,
    kind: "migrate",
    scenario: "probe",
    config: {
      ...config,
      scenario: "probe",
      title: "Probe of a change that is not Benchbook's",
      arrivals: "constant",
      ratePerSecond: 1e6 / PERIOD,
      arms: ["sql"],
      warmupSeconds: 0,
      operations: [{ name: "read", weight: 1, write: false }, {
        name: "ledger-write",
        weight: 1,
        write: true,
      }],
      slo: null,
      probe: {
        place: "db.example:5432/shop",
        schema: "benchbook_probe_20260314_092653_1f3a",
        floorMs: 10,
        pauseLimitMs: 250,
        allow: [],
      },
    },
  });
}

/** Answers that come when nothing is forwarded from one moment to another, ms: all of them at its end. */
export function paused(fromMs: number, untilMs: number): NonNullable<ProbeFixture["change"]> {
  return (row) => {
    const { doneUs, intendedUs } = row;
    const isIn = doneUs > 1000 * fromMs && intendedUs < 1000 * untilMs;
    return isIn ? { ...row, doneUs: 1000 * untilMs + 500 + intendedUs % 97 } : row;
  };
}
