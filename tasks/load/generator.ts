/// <reference lib="deno.worker" />
import { join } from "node:path";
import { BenchbookError } from "../model/errors.ts";
import type { Sample } from "../model/run.ts";
import { SegmentWriter } from "../store/segment_writer.ts";
import { monotonicUs } from "./clock.ts";
import { Deadlines } from "./deadlines.ts";
import { Dispatcher } from "./dispatcher.ts";
import { EndedRows } from "./ended_rows.ts";
import { GeneratorCost } from "./generator_cost.ts";
import { LiveCounts, type LiveTick } from "./live_counts.ts";
import type { FromGenerator, ToGenerator } from "./messages.ts";
import type { Mix } from "./mix.ts";
import { type OpenTargets, openTargets } from "./open_targets.ts";
import { arrivalPlans, endOf, type LoadPlan, mixOf, shareOf } from "./plan.ts";
import { askForShortSlice } from "./priority.ts";
import { rehearse } from "./rehearsal.ts";
import { Sessions } from "./sessions.ts";
import { type MergedArrivals, mergeStreams } from "./streams.ts";
import { Wake } from "./wake.ts";

/**
 * One generator thread: makes its share of the load and records each slot. It has a thread of its own so
 * that nothing else of Benchbook (progress, sampling) can delay a request.
 */
declare const self: DedicatedWorkerGlobalScope;

const SPOOL_MS = 500;
const SWEEP_MS = 10;
const RECORDER_CAPACITY = 65_536;
const NOTHING = new Float64Array();

let generator: Generator | undefined;

self.onmessage = ({ data }: MessageEvent<ToGenerator>) => {
  switch (data.kind) {
    case "prepare":
      void attempt(async () => {
        generator = await Generator.prepare(data);
        tell({ kind: "ready" });
      });
      break;
    case "start":
      void attempt(() => generator!.run(data.originUs));
      break;
    case "stop":
      generator?.stop();
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

class Generator {
  #originUs = 0;
  #stopped = false;
  /** Resolved when the last slot was dispatched, or on stop. */
  #finish!: () => void;
  readonly #finished = new Promise<void>((resolve) => this.#finish = resolve);

  private constructor(
    readonly plan: LoadPlan,
    readonly worker: number,
    readonly slots: BigInt64Array,
    readonly targets: OpenTargets,
    readonly recorder: SegmentWriter,
    readonly dispatcher: Dispatcher,
    readonly live: LiveCounts,
    readonly ended: EndedRows | undefined,
    readonly mix: Mix,
    readonly clock: { originUs: number },
    readonly metronome: MessagePort,
    readonly wake: Wake,
  ) {}

  static async prepare(order: ToGenerator & { kind: "prepare" }): Promise<Generator> {
    const { plan, worker, port: metronome } = order;
    const slots = new BigInt64Array(order.slots);
    askForShortSlice();
    const clock = { originUs: 0 };
    const nowUs = () => monotonicUs() - clock.originUs;
    const connections = shareOf(plan.connections, worker, plan.workers);
    const targets = await openTargets(plan.arms, { connections, nowUs, seed: plan.seed });
    const recorder = new SegmentWriter(
      join(plan.spoolDir, `timing-${worker}.seg`),
      worker,
      RECORDER_CAPACITY,
    );
    const values = mixOf(plan);
    await rehearse(plan.arms, targets.byArm, values);
    const live = new LiveCounts();
    const ended = plan.tellEnded ? new EndedRows() : undefined;
    const dispatcher = new Dispatcher({
      live,
      ended,
      phases: plan.phases,
      arms: plan.arms,
      targets: targets.byArm,
      mix: values,
      recorder,
      nowUs,
      timeoutMs: plan.timeoutMs,
      inFlightCap: shareOf(plan.inFlightCap, worker, plan.workers),
      retry: plan.retry,
    });
    const wake = new Wake(order.wake);
    return new Generator(
      plan,
      worker,
      slots,
      targets,
      recorder,
      dispatcher,
      live,
      ended,
      values,
      clock,
      metronome,
      wake,
    );
  }

  async run(originUs: number): Promise<void> {
    this.#originUs = originUs;
    this.clock.originUs = originUs;
    const cost = new GeneratorCost(() => this.#nowUs(), this.worker);
    const report = (samplesOf: (tick: LiveTick) => Sample[]) => {
      const tick = this.live.take(this.#nowUs());
      tell({
        kind: "progress",
        progress: { ...this.dispatcher.progress, tick },
        samples: samplesOf(tick),
        ended: this.ended?.take() ?? NOTHING,
        untilUs: this.#nowUs(),
      });
    };
    const timers = [
      setInterval(() => this.dispatcher.sweep(), SWEEP_MS),
      setInterval(() => {
        void attempt(() => {
          this.recorder.flush();
          report((tick) => cost.take(tick));
        });
      }, SPOOL_MS),
    ];
    const { loop } = this.plan;
    if (loop.kind === "open") await this.#openLoop();
    else await this.#closedLoop(shareOf(loop.clients, this.worker, this.plan.workers));
    while (this.dispatcher.inFlight > 0 && !this.#stopped) {
      await new Promise((resolve) => setTimeout(resolve, SWEEP_MS));
    }
    this.dispatcher.endAll();
    timers.forEach(clearInterval);
    report((tick) => cost.end(tick));
    this.recorder.close();
    this.metronome.close();
    tell({ kind: "done", progress: this.dispatcher.progress });
    await this.targets.close();
    self.close();
  }

  stop(): void {
    this.#stopped = true;
    this.#finish();
  }

  #nowUs(): number {
    return monotonicUs() - this.#originUs;
  }

  async #openLoop(): Promise<void> {
    const { plan, worker, dispatcher, mix, wake } = this;
    const due = mergeStreams(arrivalPlans(plan), worker, plan.workers);
    const deadlines = new Deadlines();
    const sessions = new Sessions({
      streams: plan.streams,
      seed: plan.seed,
      endUs: endOf(plan.phases),
      dispatcher,
      nowUs: () => this.#nowUs(),
      later: (atUs, work) => {
        deadlines.add(atUs, work);
        wake.ask(deadlines.nextUs);
      },
    });
    const finish = () => {
      if (due.atUs === Infinity && sessions.running === 0) this.#finish();
    };
    const attend = () => {
      if (this.#stopped) return;
      this.#dispatchDue(due, sessions, attend);
      while (deadlines.nextUs <= this.#nowUs()) deadlines.take()();
      wake.ask(deadlines.nextUs);
      finish();
    };
    sessions.onEnd = finish;
    this.metronome.onmessage = attend;
    finish();
    await this.#finished;
    const nowUs = this.#nowUs();
    for (; due.atUs <= nowUs; due.next()) {
      const { session, first } = plan.streams[due.stream]!;
      const slot = session === null ? due.slot : sessions.slotOf(due.stream, due.nth, 0);
      dispatcher.unsent(slot, session === null ? mix.operationOf(slot, due.stream) : first, due.atUs);
    }
  }

  #dispatchDue(due: MergedArrivals, sessions: Sessions, attend: () => void): void {
    const { dispatcher, mix, plan } = this;
    for (let nowUs = this.#nowUs(); due.atUs <= nowUs; due.next()) {
      const { slot, stream, atUs } = due;
      if (plan.streams[stream]!.session !== null) sessions.begin(stream, due.nth, atUs, nowUs);
      // An answer may have kept this thread from a slot that is due by now: it need not wait for the knock.
      else void dispatcher.dispatch(slot, mix.operationOf(slot, stream), atUs, nowUs).then(attend);
      nowUs = this.#nowUs();
    }
  }

  async #closedLoop(clients: number): Promise<void> {
    const endUs = endOf(this.plan.phases);
    const client = async () => {
      while (!this.#stopped) {
        const nowUs = this.#nowUs();
        if (nowUs >= endUs) return;
        // One counter for all workers keeps the slots' numbers without holes.
        const slot = Number(Atomics.add(this.slots, 0, 1n));
        await this.dispatcher.dispatch(slot, this.mix.operationOf(slot), nowUs, nowUs);
      }
    };
    const startInMs = Math.max(0, -this.#nowUs() / 1000);
    await new Promise((resolve) => setTimeout(resolve, startInMs));
    await Promise.race([Promise.all(Array.from({ length: clients }, client)), this.#finished]);
  }
}
