/// <reference lib="deno.worker" />
import { join } from "node:path";
import { BenchbookError } from "../model/errors.ts";
import { datasets } from "../seed/catalog.ts";
import { SegmentWriter } from "../store/segment_writer.ts";
import { type Arrivals, arrivals, stripe } from "./arrivals.ts";
import { monotonicUs } from "./clock.ts";
import { Dispatcher } from "./dispatcher.ts";
import { Heartbeat } from "./heartbeat.ts";
import type { FromGenerator, ToGenerator } from "./messages.ts";
import { mix } from "./mix.ts";
import { rehearse } from "./rehearsal.ts";
import { endOf, type LoadPlan, shareOf } from "./plan.ts";
import { askForShortSlice } from "./priority.ts";
import { type OpenTargets, openTargets } from "./open_targets.ts";

/**
 * One generator thread: makes its share of the load and records each slot. It has a thread of its own so
 * that nothing else of Benchbook (progress, sampling) can delay a request.
 */
declare const self: DedicatedWorkerGlobalScope;

const SPOOL_MS = 500;
const SWEEP_MS = 10;
const RECORDER_CAPACITY = 65_536;

let generator: Generator | undefined;

self.onmessage = ({ data }: MessageEvent<ToGenerator>) => {
  switch (data.kind) {
    case "prepare":
      void attempt(async () => {
        generator = await Generator.prepare(data.plan, data.worker, new BigInt64Array(data.slots), data.port);
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
    readonly clock: { originUs: number },
    readonly metronome: MessagePort,
  ) {}

  static async prepare(
    plan: LoadPlan,
    worker: number,
    slots: BigInt64Array,
    metronome: MessagePort,
  ): Promise<Generator> {
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
    const { keySpaces } = datasets[plan.dataset.name]!;
    const values = mix(plan.operations, keySpaces(plan.dataset.counts), plan.seed);
    await rehearse(plan.arms, targets.byArm, values);
    const dispatcher = new Dispatcher({
      phases: plan.phases,
      arms: plan.arms,
      targets: targets.byArm,
      mix: values,
      recorder,
      nowUs,
      timeoutMs: plan.timeoutMs,
      inFlightCap: shareOf(plan.inFlightCap, worker, plan.workers),
    });
    return new Generator(plan, worker, slots, targets, recorder, dispatcher, clock, metronome);
  }

  async run(originUs: number): Promise<void> {
    this.#originUs = originUs;
    this.clock.originUs = originUs;
    const heartbeat = new Heartbeat(() => this.#nowUs(), this.worker);
    const timers = [
      setInterval(() => this.dispatcher.sweep(), SWEEP_MS),
      setInterval(() => {
        void attempt(() => {
          this.recorder.flush();
          tell({ kind: "progress", progress: this.dispatcher.progress, samples: [heartbeat.take()] });
        });
      }, SPOOL_MS),
    ];
    const { loop } = this.plan;
    if (loop.kind === "open") await this.#openLoop(loop.arrivals, loop.ratePerSecond);
    else await this.#closedLoop(shareOf(loop.clients, this.worker, this.plan.workers));
    while (this.dispatcher.inFlight > 0 && !this.#stopped) {
      await new Promise((resolve) => setTimeout(resolve, SWEEP_MS));
    }
    this.dispatcher.endAll();
    heartbeat.stop();
    timers.forEach(clearInterval);
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

  async #openLoop(kind: "poisson" | "constant", ratePerSecond: number): Promise<void> {
    const { plan, worker } = this;
    const schedule = { kind, ratePerSecond, seed: plan.seed, endUs: endOf(plan.phases) };
    const due = stripe(arrivals(schedule), worker, plan.workers);
    this.metronome.onmessage = () => this.#dispatchDue(due);
    if (due.atUs === Infinity) this.#finish();
    await this.#finished;
    const nowUs = this.#nowUs();
    for (; due.atUs <= nowUs; due.next()) this.dispatcher.unsent(due.slot, due.atUs);
  }

  #dispatchDue(due: Arrivals): void {
    if (this.#stopped) return;
    for (let nowUs = this.#nowUs(); due.atUs <= nowUs; due.next()) {
      // An answer may have kept this thread from a slot that is due by now: it need not wait for the knock.
      void this.dispatcher.dispatch(due.slot, due.atUs, nowUs).then(() => this.#dispatchDue(due));
      nowUs = this.#nowUs();
    }
    if (due.atUs === Infinity) this.#finish();
  }

  async #closedLoop(clients: number): Promise<void> {
    const endUs = endOf(this.plan.phases);
    const client = async () => {
      while (!this.#stopped) {
        const nowUs = this.#nowUs();
        if (nowUs >= endUs) return;
        // One counter for all workers keeps the slots' numbers without holes.
        const slot = Number(Atomics.add(this.slots, 0, 1n));
        await this.dispatcher.dispatch(slot, nowUs, nowUs);
      }
    };
    const startInMs = Math.max(0, -this.#nowUs() / 1000);
    await new Promise((resolve) => setTimeout(resolve, startInMs));
    await Promise.race([Promise.all(Array.from({ length: clients }, client)), this.#finished]);
  }
}
