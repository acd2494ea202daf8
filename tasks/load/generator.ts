/// <reference lib="deno.worker" />
import { join } from "node:path";
import { BenchbookError } from "../model/errors.ts";
import type { Phase, Sample } from "../model/run.ts";
import { monotonicUs } from "../net/clock.ts";
import { Deadlines } from "../net/deadlines.ts";
import type { EventLoop } from "../net/event_loop.ts";
import { SegmentWriter } from "../store/segment_writer.ts";
import { type Cut, CutBoard, cutPhases } from "./cuts.ts";
import { Dispatcher } from "./dispatcher.ts";
import { CompletedSlots } from "./completed_slots.ts";
import { type GateKeeper, gateKeeper } from "./gate_keeper.ts";
import { GeneratorCost } from "./generator_cost.ts";
import { openLoop } from "./generator_loop.ts";
import { LiveCounts, type LiveTick } from "./live_counts.ts";
import type { FromGenerator, ToGenerator } from "./messages.ts";
import { makePace } from "./make_pace.ts";
import { type OpenTargets, openTargets, storedKeysOf } from "./open_targets.ts";
import type { Pace } from "./pace.ts";
import { endOf, type LoadPlan, mixOf, shareOf } from "./plan.ts";
import { askForShortSlice, useBatchPriority } from "../net/priority.ts";
import { rehearse } from "./rehearsal.ts";
import { targetSamples } from "./target_samples.ts";

/**
 * One generator thread: makes its share of the load and records each slot. It has a thread of its own so
 * that nothing else of Benchbook (progress, sampling) can delay a request.
 */
declare const self: DedicatedWorkerGlobalScope;

const SPOOL_US = 500_000;
const SWEEP_US = 10_000;
/** Where a gate is closed the word to open it is looked for so often. */
const CLOSED_US = 500;
const RECORDER_CAPACITY = 65_536;
const NOTHING = new Float64Array();

let generator: Generator | undefined;

self.onmessage = ({ data }: MessageEvent<ToGenerator>) => {
  switch (data.kind) {
    case "prepare":
      void attempt(async () => {
        generator = await Generator.prepare(data);
        tell({ kind: "ready", notes: generator.notes });
      });
      break;
    case "start":
      void attempt(() => generator!.start(data.originUs));
      break;
  }
};

function tell(message: FromGenerator): void {
  self.postMessage(message);
}

async function attempt(work: () => Promise<void> | void): Promise<void> {
  try {
    await work();
  } catch (error) {
    const next = error instanceof BenchbookError ? error.next : undefined;
    tell({ kind: "error", message: (error as Error).message, next });
  }
}

/** What a generator is made of. */
interface Parts {
  readonly plan: LoadPlan;
  readonly worker: number;
  readonly loop: EventLoop;
  readonly clock: Clock;
  readonly targets: OpenTargets;
  readonly recorder: SegmentWriter;
  readonly dispatcher: Dispatcher;
  readonly pace: Pace;
  readonly deadlines: Deadlines;
  readonly live: LiveCounts;
  readonly completed: CompletedSlots | undefined;
  /** [0] is 1 once the run is to end. */
  readonly stop: Int32Array;
  readonly cuts: CutBoard | null;
  readonly gate: GateKeeper | null;
}

/** Time from the run's start, whose moment is known late. */
class Clock {
  originUs = 0;
  readonly nowUs = () => monotonicUs() - this.originUs;
}

class Generator {
  readonly #parts: Parts;
  #cost: GeneratorCost | null = null;
  #sweepAtUs = 0;
  #spoolAtUs = 0;
  #over = false;
  #phases: readonly Phase[];
  /** How many have been made. */
  #cuts = 0;

  /** Resolves when it starts. */
  readonly #started: Promise<void>;
  #start!: () => void;

  private constructor(parts: Parts) {
    this.#parts = parts;
    this.#phases = parts.plan.phases;
    this.#started = new Promise((resolve) => this.#start = resolve);
    // The word to start comes from outside, and must not come late.
    void parts.loop.outside(() => this.#started);
  }

  /** Opens the way to the system and makes everything warm. */
  static async prepare(
    { plan, worker, slots, stop, beside }: ToGenerator & { kind: "prepare" },
  ): Promise<Generator> {
    const closed = plan.loop.kind === "closed";
    if (closed) useBatchPriority();
    else askForShortSlice();
    const clock = new Clock();
    const { nowUs } = clock;
    const { seed, timeoutMs } = plan;
    const loop = openLoop(beside, closed);
    const connections = shareOf(plan.connections, worker, plan.workers);
    const targets = await openTargets(plan.arms, {
      worker,
      connections,
      nowUs,
      seed,
      timeoutMs,
      network: loop,
    })
      .catch((error) => {
        loop.close();
        throw error;
      });
    const path = join(plan.spoolDir, `timing-${worker}.seg`);
    const recorder = new SegmentWriter(path, worker, RECORDER_CAPACITY);
    const mix = mixOf(plan);
    await rehearse({ plan, worker, targets: targets.byArm, mix, nowUs });
    // Of the rehearsal nothing is recorded.
    for (const target of targets.byArm) {
      target.refusals?.();
      target.connectionEvents?.();
    }
    const live = new LiveCounts(plan.loop.kind);
    const completed = plan.tellCompleted ? new CompletedSlots() : undefined;
    const deadlines = new Deadlines();
    const { phases, arms, requests, retry } = plan;
    const told = { seed, phases, arms, requests, retry, timeoutMs };
    const kept = { recorder, live, completed };
    const dispatcher = new Dispatcher({
      ...told,
      ...kept,
      targets: targets.byArm,
      mix,
      nowUs,
      inFlightCap: shareOf(plan.inFlightCap, worker, plan.workers),
      later: (atUs, work) => deadlines.add(atUs, work),
    });
    const pace = makePace({ plan, worker, dispatcher, mix, deadlines, nowUs }, slots);
    const cuts = plan.cuts === undefined ? null : new CutBoard(plan.cuts);
    const gate = gateKeeper(plan, targets.byArm, loop, (answer) => tell({ kind: "gate", ...answer }));
    const made = { ...kept, plan, worker, loop, clock, targets, dispatcher, pace, deadlines };
    return new Generator({ ...made, stop: new Int32Array(stop), cuts, gate });
  }

  /** What is not as it should be with its way to the system, in whole sentences. */
  get notes(): readonly string[] {
    return this.#parts.targets.notes;
  }

  start(originUs: number): void {
    const { plan, clock, worker, loop } = this.#parts;
    clock.originUs = originUs;
    this.#start();
    // In a closed loop nothing is due, and the system needs the CPU as much as its clients.
    const realTime = plan.loop.kind === "open" && loop.requestRealTimePriority();
    this.#cost = new GeneratorCost({
      nowUs: clock.nowUs,
      worker,
      realTime,
      native: loop.native,
      loopDelay: () => loop.loopDelay(),
      moves: () => loop.moves(),
    });
    loop.onTurn = () => {
      try {
        this.#turn();
      } catch (error) {
        this.#fail(error as Error);
      }
    };
    loop.onFailure = (error) => this.#fail(error, false);
    loop.wakeAt(originUs);
  }

  #turn(): void {
    const { clock, loop, dispatcher, pace, deadlines, stop, cuts, gate } = this.#parts;
    if (Atomics.load(stop, 0) === 1) {
      pace.leave();
      return this.#end();
    }
    while (cuts !== null && cuts.told > this.#cuts) this.#cut(cuts.at(this.#cuts++));
    gate?.look();
    pace.turn();
    const nowUs = clock.nowUs();
    while (deadlines.nextUs <= nowUs) deadlines.take()();
    if (nowUs >= this.#sweepAtUs) {
      this.#sweepAtUs = nowUs + SWEEP_US;
      dispatcher.sweep();
    }
    if (nowUs >= this.#spoolAtUs) {
      this.#spoolAtUs = nowUs + SPOOL_US;
      this.#spool();
    }
    if (pace.finished && dispatcher.inFlight === 0) return this.#end();
    const gateUs = gate?.closed ? nowUs + CLOSED_US : Infinity;
    loop.wakeAt(clock.originUs + Math.min(pace.nextUs, deadlines.nextUs, gateUs));
  }

  #cut(cut: Cut): void {
    const { dispatcher, pace } = this.#parts;
    this.#phases = cutPhases(this.#phases, cut);
    dispatcher.reschedule(this.#phases);
    pace.endAt(endOf(this.#phases));
  }

  #spool(): void {
    this.#parts.recorder.flush();
    this.#report((tick) => this.#cost!.take(tick));
  }

  #report(samplesOf: (tick: LiveTick) => Sample[]): void {
    const { live, clock, dispatcher, completed, plan, targets, pace, deadlines } = this.#parts;
    const untilUs = clock.nowUs();
    const tick = live.take(untilUs);
    tell({
      kind: "progress",
      progress: { ...dispatcher.progress, tick },
      samples: [...samplesOf(tick), ...targetSamples(plan, targets.byArm, untilUs)],
      completed: completed?.take() ?? NOTHING,
      untilUs,
      completedUntilUs: plan.tellCompletedUntil
        ? Math.min(untilUs, pace.nextUs, deadlines.nextUs, dispatcher.openSinceUs)
        : 0,
    });
  }

  #end(): void {
    const { loop, dispatcher, recorder, targets } = this.#parts;
    this.#over = true;
    loop.onTurn = () => {};
    dispatcher.endAll();
    void attempt(async () => {
      try {
        this.#report((tick) => this.#cost!.end(tick));
        recorder.close();
      } finally {
        // Sockets of our own outlive a thread that is terminated.
        await loop.outside(() => targets.close());
        loop.close();
      }
      tell({ kind: "done", progress: dispatcher.progress, keys: storedKeysOf(targets.byArm) });
      self.close();
    });
  }

  /**
   * It cannot go on: what was recorded is kept as far as it can be, and what is under way is cancelled at the server.
   * @param loopGoesOn false where it is the loop that failed: then its connections just end
   */
  #fail(error: Error, loopGoesOn = true): void {
    if (this.#over) return;
    this.#over = true;
    const { loop, recorder, targets } = this.#parts;
    loop.onTurn = () => {};
    void attempt(async () => {
      if (loopGoesOn) await loop.outside(() => targets.close());
      loop.close();
      try {
        recorder.close();
      } catch {
        // The failure before it is the one to tell.
      }
      throw error;
    });
  }
}
