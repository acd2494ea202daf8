import { join } from "node:path";
import type { Operation } from "../model/operation.ts";
import type { Phase, Run } from "../model/run.ts";
import { OUTCOMES } from "../model/timing.ts";
import { loadSpool } from "../store/load.ts";
import { openStore } from "../store/open.ts";
import { SegmentWriter } from "../store/segment_writer.ts";
import { createSpool, removeSpool, type Spool } from "../store/spool.ts";
import { placeStore } from "../store/testing.ts";
import type { FixtureOptions, FixtureRow } from "./testing_options.ts";
import { fixtureRecord } from "./testing_record.ts";
import { fixtureOperations, fixturePhases, fixtureRows } from "./testing_rows.ts";
import { fixtureSamples } from "./testing_samples.ts";

export { FIXTURE_ARMS } from "./testing_rows.ts";
export type { FixtureOptions, FixtureRow } from "./testing_options.ts";

/** Where a fixture is stored. */
export interface Fixture {
  readonly db: string;
  readonly runId: string;
}

/**
 * Makes a small deterministic run the way a real one comes to be (spool, segments, load) and stores it. Three
 * arms in interleaved blocks, seven operations, lognormal latencies, some errors and timeouts, cache states,
 * samples of host, servers and generator. About 20,000 slots; a fraction of a second.
 * @param dir an existing directory; the store becomes `dir/benchbook.duckdb`, to which a second run is added.
 */
export async function fixtureRun(dir: string, options: FixtureOptions = {}): Promise<Fixture> {
  const runId = options.runId ?? "01JFIXTURE0000000000000001";
  const phases = fixturePhases(options);
  const operations = fixtureOperations(options);
  const seconds = phases.at(-1)!.endUs / 1e6;
  const plain = fixtureRecord(runId, seconds, options);
  const run = options.run?.(plain) ?? plain;
  const samples = fixtureSamples(seconds, options);
  return await storeFixture(dir, run, {
    phases,
    operations,
    rows: fixtureRows(phases, operations, options),
    write: (spool) => {
      spool.samples(options.samples?.(samples) ?? samples);
      spool.plans(
        options.plans ??
          operations.slice(0, 2).map(({ operationId }) => ({ operationId, atUs: 0, plan: PLAN })),
      );
    },
  }, options);
}

/** What a made-up run consists of. */
export interface FixtureParts {
  readonly phases: readonly Phase[];
  readonly operations: readonly Operation[];
  readonly rows: Iterable<FixtureRow>;
  /** Writes what else there is. */
  readonly write: (spool: Spool) => void;
}

/** Stores a made-up run the way a real one comes to be; a run of another id is added to what is there. */
export async function storeFixture(
  dir: string,
  run: Run,
  { phases, operations, rows, write }: FixtureParts,
  options: Pick<FixtureOptions, "change" | "status"> = {},
): Promise<Fixture> {
  const seconds = phases.at(-1)!.endUs / 1e6;
  const spool = createSpool(dir, run, { pid: Deno.pid, startedAt: "fixture" });
  try {
    spool.operations(operations);
    spool.phases(phases);
    write(spool);
    writeRows(spool.segmentPath(0), rows, options);
    const status = options.status ?? "complete";
    if (status !== "crashed") {
      spool.end({ status, endedAt: new Date(run.startedAt.getTime() + seconds * 1000 + 40) });
    }
  } finally {
    spool.close();
  }
  const db = join(dir, "benchbook.duckdb");
  await placeStore(db);
  const store = await openStore(db, { mode: "write" });
  try {
    await loadSpool(store, spool.dir);
  } finally {
    store.close();
  }
  removeSpool(spool.dir);
  return { db, runId: run.runId };
}

const PLAN = [{ Plan: { "Node Type": "Index Scan", "Index Name": "product_pkey", "Actual Rows": 1 } }];

function writeRows(path: string, rows: Iterable<FixtureRow>, options: Pick<FixtureOptions, "change">): void {
  using writer = new SegmentWriter(path, 0);
  const { change = (row: FixtureRow) => row } = options;
  for (const plain of rows) {
    for (const row of [change(plain) ?? []].flat() as FixtureRow[]) {
      writer.push(
        row.slot,
        row.attempt,
        row.phase.phaseId,
        row.operation.operationId,
        row.intendedUs,
        row.wokeUs,
        row.acquiredUs,
        row.sentUs,
        row.doneUs,
        OUTCOMES.indexOf(row.outcome),
        row.error,
        row.cache,
        row.rows,
        row.bytes,
      );
    }
  }
}

/** DuckDB adds up on several threads, in any order: the last digits of a sum are nobody's. */
export function withoutLastDigits<T>(known: T): T {
  return JSON.parse(JSON.stringify(known, (_, value) => {
    if (typeof value === "bigint") return String(value);
    return typeof value === "number" ? Number(value.toPrecision(12)) : value;
  }));
}
