import type { RunEventHub } from "../load/run_events.ts";
import type { Action } from "../load/schedule.ts";
import { type Beside, openBeside } from "../migrate/beside.ts";
import { type LockWatch, watchLocks } from "../migrate/lock_watch.ts";
import { runSteps } from "../migrate/run_steps.ts";
import { BenchbookError } from "../model/errors.ts";
import type { StepRecord } from "../model/migration.ts";
import type { MigrationPrediction } from "../model/prediction.ts";
import { sessionName } from "../model/session_name.ts";
import { counter } from "../random/counter.ts";
import { lockEventTable } from "../store/tables/lock_event.ts";
import { migrationStepTable } from "../store/tables/migration_step.ts";
import { planTable } from "../store/tables/plan.ts";
import { statementLockTable } from "../store/tables/statement_lock.ts";
import { explainAll } from "./explain_all.ts";
import type { Companion, FinishedLoad } from "./measure.ts";
import { Proof } from "./migration_proof.ts";
import { InPlace } from "./in_place.ts";
import type { Migrating } from "./migrating.ts";
import { predictBefore } from "./migration_prediction.ts";
import type { SystemUnderTest } from "./system_under_test.ts";

/** Batches leave users room: their p95 may be so many times what it was before the migration, and at least so long, ms. */
const THROTTLE = { times: 3, leastMs: 20 };

/** What is known before the load. */
interface Prepared {
  readonly proof: Proof;
  readonly predicted: MigrationPrediction | null;
  readonly inPlace: InPlace | null;
}

/** Makes a migration in the middle of a run, and gathers what proves what it did. */
export class MigrationRun implements Companion {
  readonly #system: SystemUnderTest;
  readonly #migrating: Migrating;
  readonly #proof: Proof;
  readonly #predicted: MigrationPrediction | null;
  readonly #told: string[] = [];
  readonly #inPlace: InPlace | null;
  #events!: RunEventHub;
  #nowUs = () => 0;
  #watch: LockWatch | null = null;
  #p95Ms: number | null = null;
  /** Of the last look before the migration began. */
  #usualP95Ms: number | null = null;

  private constructor(
    system: SystemUnderTest,
    migrating: Migrating,
    { proof, predicted, inPlace }: Prepared,
  ) {
    this.#system = system;
    this.#migrating = migrating;
    this.#proof = proof;
    this.#predicted = predicted;
    this.#inPlace = inPlace;
  }

  /** Before the load: what the database holds that the load is not to change, and what is expected of the change. */
  static async prepare(system: SystemUnderTest, migrating: Migrating): Promise<MigrationRun> {
    const proof = await Proof.before(system, migrating.plan);
    const inPlace = migrating.place === "in-place" ? await InPlace.prepare(system, migrating) : null;
    const predicted = await predictBefore(system, migrating);
    return new MigrationRun(system, migrating, { proof, predicted, inPlace });
  }

  /** The same with what the change itself writes, and what is expected of it, which a run's record says. */
  get migrating(): Migrating {
    const { own } = this.#proof;
    const predicted = this.#predicted === null ? {} : { predicted: this.#predicted };
    const config = { ...this.#migrating.config, own, ...predicted };
    return { ...this.#migrating, config };
  }

  get change(): Pick<Action, "name" | "run"> {
    const { name, config: { variant } } = this.#migrating;
    return {
      name: variant === "own" ? `Migrate ${name}` : `Migrate ${name} (${variant})`,
      run: (signal) => this.#migrate(signal),
    };
  }

  join(events: RunEventHub): void {
    this.#events = events;
    events.on("start", ({ nowUs }) => {
      this.#nowUs = nowUs;
      const { databaseUrl: url, runId } = this.#system;
      this.#watch = watchLocks({
        url,
        runId,
        nowUs,
        onEvents: (rows) => events.emit("rows", { table: lockEventTable, rows }),
        onLocks: (rows) => events.emit("rows", { table: statementLockTable, rows }),
        onSamples: (samples) => events.emit("sample", samples),
      });
    });
    events.on("tick", ({ figures }) => this.#p95Ms = figures.p95Ms);
  }

  async finish(load: FinishedLoad): Promise<readonly string[]> {
    const watched = await this.#watch?.stop();
    const proven = await this.#proof.after(load, (table, rows) => this.#events.emit("rows", { table, rows }));
    return [...this.#told, ...watched?.unavailable ?? [], ...proven, ...await this.#plansAfter()];
  }

  /** What the change made of the load's own plans: beside those that were taken before. */
  async #plansAfter(): Promise<string[]> {
    const { plans, mix, runId, signal } = this.#system;
    if (signal.aborted || plans.length === 0) return [];
    const atUs = Math.round(this.#nowUs());
    try {
      const after = await explainAll(this.#system, mix, sessionName(runId, "plans"), signal);
      this.#events.emit("rows", {
        table: planTable,
        rows: [...plans, ...after.map((plan) => ({ ...plan, atUs }))],
      });
      return [];
    } catch (error) {
      if (!(error instanceof BenchbookError)) throw error;
      return signal.aborted ? [] : [`Plans after the migration were not taken: ${error.message}.`];
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#watch?.stop();
    this.#proof.forget();
    this.#inPlace?.forget();
  }

  async #migrate(signal: AbortSignal): Promise<void> {
    const { databaseUrl: url, runId, plan: { seed } } = this.#system;
    const { plan, config } = this.#migrating;
    this.#usualP95Ms = this.#p95Ms;
    this.#inPlace?.begin();
    const open = await openBeside(config.beside, { url, runId, signal, nowUs: this.#nowUs });
    try {
      const outcome = await runSteps(plan, {
        url,
        runId,
        signal,
        nowUs: this.#nowUs,
        locks: this.#watch!.statements,
        onRecord: (record) => this.#record(record),
        lockTimeoutMs: config.lockTimeoutMs,
        liveP95Ms: () => this.#p95Ms,
        limitP95Ms: Math.max(THROTTLE.leastMs, THROTTLE.times * (this.#usualP95Ms ?? 0)),
        random: counter(seed, "migration"),
      });
      const { stopped, cleaned, left } = outcome;
      if (stopped !== null) this.#told.push(`${stopped.message}. ${stopped.next}`.trim());
      this.#told.push(...cleaned, ...left, ...this.#inPlace?.ended(outcome) ?? []);
    } finally {
      await this.#besideOver(open, signal);
    }
  }

  /** A report goes on to its end: what it holds up then is part of what is measured. */
  async #besideOver(open: Beside, signal: AbortSignal): Promise<void> {
    const records = signal.aborted ? await open.end() : await open.ended;
    for (const { file, error } of records) {
      if (error !== null) this.#told.push(`${file} failed beside the migration: ${error}.`);
    }
  }

  #record(record: StepRecord): void {
    this.#inPlace?.at(record);
    this.#events.emit("rows", { table: migrationStepTable, rows: [record] });
  }
}
