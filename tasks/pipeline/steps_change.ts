import { type Beside, openBeside } from "../migrate/beside.ts";
import { runSteps } from "../migrate/run_steps.ts";
import { counter } from "../random/counter.ts";
import type { Change, ChangeContext } from "./change.ts";
import { InPlace } from "./in_place.ts";
import type { Migrating } from "./migrating.ts";
import type { SystemUnderTest } from "./system_under_test.ts";

/** Batches leave users room: their p95 may be so many times what it was before the migration, and at least so long, ms. */
const THROTTLE = { times: 3, leastMs: 20 };

/** A change by statements in one database. */
export class StepsChange implements Change {
  readonly #system: SystemUnderTest;
  readonly #migrating: Migrating;
  readonly #inPlace: InPlace | null;

  private constructor(system: SystemUnderTest, migrating: Migrating, inPlace: InPlace | null) {
    this.#system = system;
    this.#migrating = migrating;
    this.#inPlace = inPlace;
  }

  /** Before the load. */
  static async prepare(system: SystemUnderTest, migrating: Migrating): Promise<StepsChange> {
    const inPlace = migrating.place === "in-place" ? await InPlace.prepare(system, migrating) : null;
    return new StepsChange(system, migrating, inPlace);
  }

  get databases(): [string] {
    return [this.#system.databaseUrl];
  }

  async make(context: ChangeContext): Promise<void> {
    const { signal, nowUs, locks, p95Ms, usualP95Ms, record, tell } = context;
    const { databaseUrl: url, runId, plan: { seed } } = this.#system;
    const { plan, config } = this.#migrating;
    this.#inPlace?.begin();
    const open = await openBeside(config.beside, { url, runId, signal, nowUs });
    try {
      const outcome = await runSteps(plan, {
        url,
        runId,
        inPlace: config.place === "in-place",
        signal,
        nowUs,
        locks,
        onRecord: (row) => {
          this.#inPlace?.at(row);
          record(row);
        },
        lockTimeoutMs: config.lockTimeoutMs,
        liveP95Ms: p95Ms,
        limitP95Ms: Math.max(THROTTLE.leastMs, THROTTLE.times * (usualP95Ms ?? 0)),
        random: counter(seed, "migration"),
      });
      const { stopped, cleaned, left } = outcome;
      if (stopped !== null) tell(`${stopped.message}. ${stopped.next}`.trim());
      tell(...cleaned, ...left, ...this.#inPlace?.ended(outcome) ?? []);
    } finally {
      tell(...await besideOver(open, signal));
    }
  }

  settled(): Promise<[string]> {
    return Promise.resolve(this.databases);
  }

  finish(): Promise<void> {
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}

/** A report goes on to its end: what it holds up then is part of what is measured. */
async function besideOver(open: Beside, signal: AbortSignal): Promise<string[]> {
  const records = signal.aborted ? await open.end() : await open.ended;
  return records.flatMap(({ file, error }) =>
    error === null ? [] : [`${file} failed beside the migration: ${error}.`]
  );
}
