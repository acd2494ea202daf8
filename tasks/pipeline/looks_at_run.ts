import { rmSync } from "node:fs";
import { join } from "node:path";
import type { RunEventHub } from "../load/run_events.ts";
import { pausesOf, type SchedulePause } from "../load/pauses.ts";
import type { Action, Schedule } from "../load/schedule.ts";
import { cutPhases } from "../load/cuts.ts";
import type { Operation } from "../model/operation.ts";
import type { ArmRecord, Phase, Run } from "../model/run.ts";
import type { Comparison } from "../model/summary.ts";
import { tooShortText, type UntilDecided } from "../model/until_decided.ts";
import { counted, formatCount } from "../model/units.ts";
import type { Spool } from "../store/spool.ts";
import { undecided } from "../summary/looks.ts";
import { LookThread } from "./look_thread.ts";

/** A run that ends when it knows. */
export interface Looked {
  readonly run: Run & { readonly config: { readonly untilDecided?: UntilDecided } };
  readonly arms: readonly ArmRecord[];
  readonly operations: readonly Operation[];
  readonly spool: Pick<Spool, "dir" | "segmentPath">;
  readonly schedule: Schedule;
}

/**
 * Looks at a run in the pauses of its schedule: what was measured before is judged as it is when the run ends, from the
 * timings that lie in the spool, in a store beside them and in a thread of its own. A pause ends when that is done, and the run where nothing is
 * open any more. Nothing of it happens beside a measured block.
 */
export class LooksAtRun implements AsyncDisposable {
  readonly #looked: Looked;
  readonly #events: RunEventHub;
  readonly #decided: (why: string) => void;
  readonly #pauses: readonly SchedulePause[];
  #phases: readonly Phase[];
  #nowUs = () => 0;
  #completedUntilUs = 0;
  #onCompleted = () => {};
  #thread!: LookThread;
  #looking: Promise<void> = Promise.resolve();
  #foretold = false;

  private constructor(looked: Looked, events: RunEventHub, decided: (why: string) => void) {
    this.#looked = looked;
    this.#events = events;
    this.#decided = decided;
    this.#phases = looked.schedule.phases;
    this.#pauses = pausesOf(this.#phases);
    if (this.#pauses.length === 0) return;
    events.on("start", ({ nowUs }) => this.#nowUs = nowUs);
    events.on("cut", (cut) => this.#phases = cutPhases(this.#phases, cut));
    events.on("completedUntil", (untilUs) => {
      this.#completedUntilUs = untilUs;
      this.#onCompleted();
    });
  }

  /**
   * Makes ready for the looks of a run, before there is any load.
   * @param decided called where nothing is open any more, with that as a sentence's part
   */
  static async open(
    looked: Looked,
    events: RunEventHub,
    decided: (why: string) => void,
  ): Promise<LooksAtRun> {
    const looks = new LooksAtRun(looked, events, decided);
    if (looks.#pauses.length === 0) return looks;
    const { run, arms, operations, spool } = looked;
    const segments = Array.from({ length: run.config.workers }, (_, worker) => spool.segmentPath(worker));
    looks.#thread = await LookThread.open(join(spool.dir, FILE), { run, arms, operations, segments });
    return looks;
  }

  /** The schedule with the looks as actions in its pauses. */
  get schedule(): Schedule {
    const { schedule } = this.#looked;
    return {
      ...schedule,
      actions: [...schedule.actions, ...this.#pauses.map((pause) => this.#action(pause))],
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#looking.catch(() => {});
    if (this.#pauses.length > 0) await this.#thread.close();
    for (const name of [FILE, `${FILE}.wal`]) rmSync(join(this.#looked.spool.dir, name), { force: true });
  }

  #action({ phase: { phaseId }, rounds }: SchedulePause): Action {
    return {
      name: `look after ${counted(rounds, "round")}`,
      at: { phaseId, edge: "start" },
      ends: phaseId,
      optional: true,
      run: (signal) => this.#looking = this.#look(phaseId, rounds, signal),
    };
  }

  async #look(phaseId: number, rounds: number, signal: AbortSignal): Promise<void> {
    const { startUs, endUs } = this.#phases.find((phase) => phase.phaseId === phaseId)!;
    const after = `after ${counted(rounds, "round")}`;
    const completed = await this.#completed(startUs, { untilUs: (startUs + endUs) / 2, signal });
    const found = completed ? await this.#compare(phaseId, rounds) : [];
    if (signal.aborted) return;
    // What comes too late is left to the next look: blocks are measured again.
    if (!completed || this.#nowUs() >= endUs) {
      return this.#events.emit("note", `no look ${after}: it took too long`);
    }
    const open = undecided(found);
    const all = found.filter(({ statistic }) => statistic === "p50").length;
    this.#events.emit("note", `${formatCount(open.length)} of ${counted(all, "comparison")} open ${after}`);
    if (all > 0 && open.length === 0) this.#decided(`all is decided ${after}`);
    else if (!this.#foretold) await this.#foretell(open, rounds);
  }

  /** Says at the first look where the time will not do, so that nobody waits for it in vain. */
  async #foretell(open: readonly Comparison[], rounds: number): Promise<void> {
    this.#foretold = true;
    const { durationSeconds, untilDecided } = this.#looked.run.config;
    const seconds = durationSeconds * rounds / untilDecided!.looks.at(-1)!;
    const required = await this.#thread.ask({ kind: "required", open, seconds });
    const text = required === null
      ? null
      : tooShortText(required, { ...untilDecided!, mostSeconds: durationSeconds });
    if (text !== null) this.#events.emit("note", text);
  }

  /** Waits until each slot that was due before a moment is in the spool. @returns false: not in time */
  async #completed(
    atUs: number,
    { untilUs, signal }: { readonly untilUs: number; readonly signal: AbortSignal },
  ): Promise<boolean> {
    const completed = Promise.withResolvers<boolean>();
    this.#onCompleted = () => this.#completedUntilUs >= atUs && completed.resolve(true);
    const late = setTimeout(() => completed.resolve(false), (untilUs - this.#nowUs()) / 1000);
    const leave = () => completed.resolve(false);
    signal.addEventListener("abort", leave, { once: true });
    this.#onCompleted();
    try {
      return await completed.promise;
    } finally {
      clearTimeout(late);
      signal.removeEventListener("abort", leave);
      this.#onCompleted = () => {};
    }
  }

  #compare(phaseId: number, rounds: number): Promise<readonly Comparison[]> {
    const over = this.#phases.slice(0, this.#phases.findIndex((phase) => phase.phaseId === phaseId));
    return this.#thread.ask({ kind: "compare", phases: over, rounds });
  }
}

/** Beside the timings, and removed with them. */
const FILE = "looks.duckdb";
