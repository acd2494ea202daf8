import type { RunEventHub } from "../load/run_events.ts";
import type { Arm } from "../load/plan.ts";
import { canLook, type MigrationSchedulePlan } from "../load/migration_schedule.ts";
import { type LockWatch, watchLocks } from "../migrate/lock_watch.ts";
import { BenchbookError } from "../model/errors.ts";
import type { Run } from "../model/run.ts";
import { sessionName } from "../model/session_name.ts";
import { lockEventTable } from "../store/tables/lock_event.ts";
import { migrationStepTable } from "../store/tables/migration_step.ts";
import { planTable } from "../store/tables/plan.ts";
import { statementLockTable } from "../store/tables/statement_lock.ts";
import { explainAll } from "./explain_all.ts";
import type { Change } from "./change.ts";
import type { Companion, FinishedLoad } from "./measure.ts";
import { Proof } from "./migration_proof.ts";
import type { Migrating } from "./migrating.ts";
import { Expectation } from "./migration_prediction.ts";
import { refuseMissing } from "./refuse_missing.ts";
import type { SystemUnderTest } from "./system_under_test.ts";

/** What is known before the load. */
interface Prepared {
  readonly proof: Proof;
  readonly expected: Expectation | null;
  readonly change: Change;
}

/** Makes a migration in the middle of a run, and gathers what proves what it did. */
export class MigrationRun implements Companion {
  readonly #system: SystemUnderTest;
  readonly #migrating: Migrating;
  readonly #proof: Proof;
  readonly #expected: Expectation | null;
  readonly #told: string[] = [];
  readonly #change: Change;
  #events!: RunEventHub;
  #nowUs = () => 0;
  #watches: readonly LockWatch[] = [];
  #p95Ms: number | null = null;
  /** Of the last look before the migration began. */
  #usualP95Ms: number | null = null;

  private constructor(
    system: SystemUnderTest,
    migrating: Migrating,
    { proof, expected, change }: Prepared,
  ) {
    this.#system = system;
    this.#migrating = migrating;
    this.#proof = proof;
    this.#expected = expected;
    this.#change = change;
  }

  /**
   * Before the load: what the database holds that the load is not to change, and what is expected of the change.
   * @param changeOf gets ready what is made
   * @throws {UsageError} where a file of the user's names what is not there
   */
  static async prepare(
    system: SystemUnderTest,
    migrating: Migrating,
    changeOf: (system: SystemUnderTest, migrating: Migrating) => Promise<Change>,
  ): Promise<MigrationRun> {
    if (migrating.config.variant === "own") await refuseMissing(system, migrating.plan.steps);
    const proof = await Proof.before(system, migrating.plan);
    const change = await changeOf(system, migrating);
    // What a move does is no statement that could be read: it tells itself what is expected of it.
    const expected = system.move === null
      ? await Expectation.of(system, migrating, canLook(system.plan.warmup))
      : null;
    return new MigrationRun(system, migrating, { proof, expected, change });
  }

  /** The same with what the change itself writes, and what is expected of it, which a run's record says. */
  get migrating(): Migrating {
    const { own } = this.#proof;
    const predicted = this.#expected?.predicted ?? this.#change.predicted ?? null;
    const config = { ...this.#migrating.config, own, ...predicted !== null && { predicted } };
    return { ...this.#migrating, config };
  }

  /** What the run's schedule makes of it. */
  get actions(): Pick<MigrationSchedulePlan, "look" | "change"> {
    const { name, config: { variant } } = this.#migrating;
    const expected = this.#expected;
    return {
      look: expected === null ? null : {
        name: "See how much slower the load makes other work",
        run: (signal) => expected.look(signal, () => this.#p95Ms),
      },
      change: {
        name: variant === "own" ? `Migrate ${name}` : `Migrate ${name} (${variant})`,
        run: (signal) => this.#migrate(signal),
      },
    };
  }

  concluded(run: Run): Run {
    return { ...run, config: { ...run.config, migration: this.migrating.config } };
  }

  join(events: RunEventHub): void {
    this.#events = events;
    events.on("start", ({ nowUs }) => {
      this.#nowUs = nowUs;
      const { runId } = this.#system;
      this.#watches = this.#change.databases.map((url) =>
        watchLocks({
          url,
          runId,
          nowUs,
          onEvents: (rows) => events.emit("rows", { table: lockEventTable, rows }),
          onLocks: (rows) => events.emit("rows", { table: statementLockTable, rows }),
          onSamples: (samples) => events.emit("sample", samples),
        })
      );
    });
    events.on("tick", ({ figures }) => this.#p95Ms = figures.p95Ms);
  }

  async finish(load: FinishedLoad): Promise<readonly string[]> {
    const watched = await Promise.all(this.#watches.map((watch) => watch.stop()));
    const holding = await this.#change.settled();
    const proven = await this.#proof.after(
      load,
      holding,
      (table, rows) => this.#events.emit("rows", { table, rows }),
      this.#change.others ?? null,
    );
    const plans = await this.#plansAfter(holding[0]);
    await this.#change.finish();
    return [...this.#told, ...watched.flatMap(({ unavailable }) => unavailable), ...proven, ...plans];
  }

  /** What the change made of the load's own plans: beside those that were taken before. */
  async #plansAfter(url: string): Promise<string[]> {
    const { plans, mix, runId, signal } = this.#system;
    if (signal.aborted || plans.length === 0) return [];
    const atUs = Math.round(this.#nowUs());
    try {
      const after = await explainAll(
        { arms: askingAt(this.#system, url) },
        mix,
        sessionName(runId, "plans"),
        signal,
      );
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
    await Promise.all(this.#watches.map((watch) => watch.stop()));
    this.#proof.forget();
    await this.#change[Symbol.asyncDispose]();
  }

  async #migrate(signal: AbortSignal): Promise<void> {
    this.#usualP95Ms = this.#p95Ms;
    await this.#change.make({
      signal,
      nowUs: this.#nowUs,
      locks: this.#watches[0]!.statements,
      p95Ms: () => this.#p95Ms,
      usualP95Ms: this.#usualP95Ms,
      record: (record) => this.#events.emit("rows", { table: migrationStepTable, rows: [record] }),
      sample: (samples) => this.#events.emit("sample", samples),
      tell: (...sentences) => void this.#told.push(...sentences),
    });
  }
}

/** The arms as they ask the database of a URL, where they went over to it. */
function askingAt({ arms, databaseUrl }: SystemUnderTest, url: string): Arm[] {
  return arms.map((arm) => arm.target.url === databaseUrl ? { ...arm, target: { ...arm.target, url } } : arm);
}
