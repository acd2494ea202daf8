import type {
  Checksum,
  LedgerEntry,
  LockEvent,
  MigrationConfig,
  StatementLock,
  StepRecord,
} from "../../model/migration.ts";
import type { Operation } from "../../model/operation.ts";
import type { Phase, Plan, Run, RunConfig, Sample } from "../../model/run.ts";
import { checksumTable } from "../../store/tables/checksum.ts";
import { ledgerTable } from "../../store/tables/ledger.ts";
import { lockEventTable } from "../../store/tables/lock_event.ts";
import { migrationStepTable } from "../../store/tables/migration_step.ts";
import { statementLockTable } from "../../store/tables/statement_lock.ts";
import { type Fixture, type FixtureOptions, type FixtureRow, storeFixture } from "../testing.ts";
import { fixtureRandom, normal } from "../testing_random.ts";
import { fixtureRecord } from "../testing_record.ts";
import { fixtureSamples } from "../testing_samples.ts";

export const SECOND = 1e6;
export const ARMS = ["sql", "sql+cache", "graphql"] as const;
/** A request falls due so often, µs; a fifth of them write. */
export const PERIOD = 2500;
const WRITES_EVERY = 5;
const BASE_MS: Readonly<Record<string, number>> = { "sql": 2, "sql+cache": 2.2, "graphql": 5 };

/** What can be varied in a migration's made-up run; all of it has a default, by which nobody felt it. */
export interface MigrationFixture {
  readonly runId?: string;
  /** Seconds of warm-up, baseline, migration and recovery. */
  readonly seconds?: readonly [number, number, number, number];
  /** Changes a row before it is recorded, and may make it a list of attempts; null leaves it out. */
  readonly change?: FixtureOptions["change"];
  readonly status?: FixtureOptions["status"];
  readonly migration?: Partial<MigrationConfig>;
  readonly config?: Partial<RunConfig>;
  readonly run?: (run: Run) => Run;
  readonly steps?: readonly StepRecord[];
  readonly locks?: readonly StatementLock[];
  readonly waits?: readonly LockEvent[];
  readonly ledger?: (entries: LedgerEntry[]) => LedgerEntry[];
  readonly checksums?: readonly Checksum[];
  readonly plans?: readonly Plan[];
  readonly samples?: (samples: Sample[]) => Sample[];
}

/** Where each part of a run begins, µs, and where the run ends. */
export function partTimes([warmup, baseline, migrate, recovery]: readonly [number, number, number, number]) {
  const at = [
    0,
    warmup,
    warmup + baseline,
    warmup + baseline + migrate,
    warmup + baseline + migrate + recovery,
  ];
  const [, baselineUs, migrateUs, recoveryUs, endUs] = at.map((seconds) => Math.round(seconds * SECOND));
  return { baselineUs: baselineUs!, migrateUs: migrateUs!, recoveryUs: recoveryUs!, endUs: endUs! };
}

export const SECONDS = [1, 10, 4, 8] as const;

/** Stores a migration's run the way a real one comes to be, three paths at once, constant arrivals. */
export async function migrationFixture(dir: string, options: MigrationFixture = {}): Promise<Fixture> {
  const { seconds = SECONDS, change = (row: FixtureRow) => row } = options;
  const phases = phasesOf(seconds);
  const operations = operationsOf();
  const run = record(options.runId ?? "01JMIGRATION00000000000001", seconds, options);
  const times = partTimes(seconds);
  const entries: LedgerEntry[] = [];
  const rows = [...rowsOf(phases, operations)].flatMap((row) => change(row) ?? []) as FixtureRow[];
  for (const row of rows) {
    if (row.attempt > 0 || row.operation.name !== "order-insert" || !(row.sentUs >= 0)) continue;
    const outcome = row.outcome === "timeout" ? "unknown" : row.outcome === "ok" ? "ok" : "failed";
    const own = { client: 1, seq: entries.length, op: "order-insert", slot: row.slot };
    entries.push({ ...own, outcome, verified: true, problem: null });
  }
  return await storeFixture(dir, run, {
    phases,
    operations,
    rows,
    write: (spool) => {
      const samples = [...fixtureSamples(times.endUs / SECOND, {}), ...looks(times.endUs)];
      spool.samples(options.samples?.(samples) ?? samples);
      spool.plans(options.plans ?? []);
      spool.write(migrationStepTable, options.steps ?? [step(times.migrateUs + 100, times.recoveryUs - 100)]);
      spool.write(statementLockTable, options.locks ?? []);
      spool.write(lockEventTable, options.waits ?? []);
      spool.write(ledgerTable, options.ledger?.(entries) ?? entries);
      spool.write(checksumTable, options.checksums ?? [checksum("before"), checksum("after")]);
    },
  }, { status: options.status });
}

/** The locks are looked at ten times a second. */
function looks(endUs: number): Sample[] {
  const all = Array.from({ length: Math.ceil(endUs / 100_000) }, (_, index) => 100_000 * index);
  return all.map((atUs) => ({ atUs, source: "locks", metric: "observer_ms", labels: {}, value: 1 }));
}

function phasesOf(seconds: NonNullable<MigrationFixture["seconds"]>): Phase[] {
  let at = 0;
  return (["warmup", "baseline", "migrate", "recovery"] as const).flatMap((segment, phaseId): Phase[] => {
    const startUs = Math.round(at * SECOND);
    at += seconds[phaseId]!;
    if (seconds[phaseId] === 0) return [];
    const endUs = Math.round(at * SECOND);
    return [{ phaseId, segment, measured: segment !== "warmup", block: phaseId, arm: null, startUs, endUs }];
  });
}

function operationsOf(): Operation[] {
  return ARMS.flatMap((path, arm) =>
    ["order-by-id", "order-insert"].map((name, nth): Operation => ({
      operationId: 2 * arm + nth,
      workload: "shop-under-change",
      stream: "main",
      name,
      path,
      arm: path,
      statement: "SELECT 1",
      fingerprint: `000000000000000${2 * arm + nth}`,
      parameters: [],
    }))
  );
}

function* rowsOf(phases: readonly Phase[], operations: readonly Operation[]): Generator<FixtureRow> {
  const random = fixtureRandom(7);
  const { endUs } = phases.at(-1)!;
  for (let slot = 0; slot * PERIOD < endUs; slot++) {
    const intendedUs = slot * PERIOD;
    const arm = ARMS[slot % ARMS.length]!;
    const write = slot % WRITES_EVERY === 0;
    const cacheable = arm === "sql+cache" && !write;
    const hit = cacheable && random() < 0.8;
    const ms = (hit ? 0.3 : BASE_MS[arm]!) * Math.exp(0.2 * normal(random));
    const wokeUs = intendedUs + 30;
    yield {
      slot,
      attempt: 0,
      phase: phases.find((phase) => intendedUs < phase.endUs)!,
      operation: operations.find((each) =>
        each.arm === arm && each.name === (write ? "order-insert" : "order-by-id")
      )!,
      intendedUs,
      wokeUs,
      acquiredUs: wokeUs + 10,
      sentUs: wokeUs + 12,
      doneUs: Math.round(wokeUs + 12 + 1000 * ms),
      outcome: "ok",
      error: null,
      cache: cacheable ? (hit ? 0 : 1) : -1,
      rows: 1,
      bytes: 100,
    };
  }
}

function record(runId: string, seconds: readonly number[], options: MigrationFixture): Run {
  const plain = fixtureRecord(runId, seconds.reduce((sum, each) => sum + each, 0), { slo: null });
  const run: Run = {
    ...plain,
    kind: "migrate",
    scenario: "shop-under-change",
    config: {
      ...plain.config,
      scenario: "shop-under-change",
      title: "A shop under change",
      arrivals: "constant",
      ratePerSecond: SECOND / PERIOD,
      durationSeconds: seconds[1]!,
      warmupSeconds: seconds[0]!,
      arms: ARMS,
      operations: [
        { name: "order-by-id", weight: 4, write: false },
        { name: "order-insert", weight: 1, write: true },
      ],
      migration: { ...migrationConfig(runId), ...options.migration },
      ...options.config,
    },
  };
  return options.run?.(run) ?? run;
}

/** A change of one statement. */
export function migrationConfig(group: string): MigrationConfig {
  return {
    name: "add-column",
    title: "Add a column to the orders",
    variant: "naive",
    file: null,
    place: "clone",
    database: "benchbook_northwind_small_42",
    steps: [{
      step: 1,
      file: "add-column/naive/01-add-column.sql",
      about: "Adds the column.",
      risk: "It queues behind whoever reads the table.",
      fix: null,
      shows: [],
      move: { kind: "plain", oneTransaction: false },
      statements: [{ text: SQL, line: 3, shown: SQL }],
    }],
    beside: [],
    lockTimeoutMs: 200,
    allow: [],
    group,
  };
}

const SQL = "ALTER TABLE northwind.orders ADD COLUMN gift_note text";

/** That statement as it ran. */
export function step(startUs: number, endUs: number | null, changes: Partial<StepRecord> = {}): StepRecord {
  return {
    step: 1,
    statement: 1,
    variant: "naive",
    file: "add-column/naive/01-add-column.sql",
    sql: SQL,
    move: "plain",
    startUs,
    endUs,
    lockMode: "AccessExclusiveLock",
    lockWaitUs: 0,
    attempts: 1,
    batches: null,
    rows: null,
    pausedUs: null,
    rewritten: [],
    errorCode: null,
    error: null,
    ...changes,
  };
}

/** A session that waits. */
export function wait(atUs: number, waitedUs: number, changes: Partial<LockEvent> = {}): LockEvent {
  return {
    atUs,
    pid: 100,
    role: "load",
    blockedBy: 50,
    blockerRole: "migration",
    blockerQuery: SQL,
    relation: "northwind.orders",
    mode: "AccessShareLock",
    waitedUs,
    query: "SELECT * FROM northwind.orders WHERE id = $1",
    ...changes,
  };
}

/** A range of a table that nobody writes. */
export function checksum(moment: Checksum["moment"], changes: Partial<Checksum> = {}): Checksum {
  return {
    relation: "northwind.orders",
    moment,
    fromKey: "1",
    toKey: "830",
    rows: 830,
    sum: "-17",
    ...changes,
  };
}
