import { join } from "node:path";
import { monotonicUs } from "../net/clock.ts";
import { Dispatcher } from "../load/dispatcher.ts";
import { LiveCounts } from "../load/live_counts.ts";
import { type Mix, mix } from "../load/mix.ts";
import { ThreadClock } from "../load/thread_clock.ts";
import type { Calibration } from "../model/calibration.ts";
import { BLOCK_SEGMENTS } from "../model/phases.ts";
import type { Phase } from "../model/run.ts";
import type { ScenarioOperation } from "../model/scenario.ts";
import { reference } from "../paths/registry.ts";
import { quantile } from "../stats/quantile.ts";
import { ROW_BYTES } from "../store/frame.ts";
import { SegmentWriter } from "../store/segment_writer.ts";
import { NullTarget } from "../targets/null.ts";

/** Rounds with the recorder and as many without, in turn. */
const PAIRS = 8;
const FRAME_ROWS = 65_536;

/** Two questions with a drawn key, as scenarios have them. */
const OPERATIONS: readonly ScenarioOperation[] = ["one", "two"].map((name) => ({
  name,
  weight: 1,
  params: { id: { kind: "zipf", keys: "rows", s: 1 }, page: { kind: "integer", min: 1, max: 10 } },
}));

/** What a generator asks in a calibration. */
export function nullMix(): Mix {
  const rows = { name: "rows", count: 10_000, key: (index: number) => index + 1 };
  const stream = { rate: 1, first: 0, count: OPERATIONS.length };
  return mix(OPERATIONS, [stream], { keySpaces: { rows }, sources: {} }, 1);
}

/** A dispatcher as a run has it, in front of a target that answers at once. */
export function nullDispatcher(recorder: Pick<SegmentWriter, "push">, nowUs: () => number): Dispatcher {
  const phase: Phase = {
    phaseId: 0,
    segment: BLOCK_SEGMENTS.steady,
    measured: true,
    block: 0,
    arm: "null",
    startUs: 0,
    endUs: Infinity,
  };
  return new Dispatcher({
    phases: [phase],
    arms: [{
      name: "null",
      target: { path: reference.name, url: "" },
      statements: OPERATIONS.map(({ name, params }, operationId) => ({
        operationId,
        name,
        write: false,
        text: "",
        parameters: Object.keys(params),
      })),
    }],
    targets: [new NullTarget(nowUs)],
    mix: nullMix(),
    recorder,
    live: new LiveCounts(),
    nowUs,
    timeoutMs: 10_000,
    inFlightCap: 1024,
    retry: null,
  });
}

/**
 * One generator as fast as it goes, with and without its recorder.
 * @param dir for its segment, of the caller
 * @param requests in each round
 */
export function measureDispatch(dir: string, requests: number): Calibration["dispatch"] {
  using clock = new ThreadClock();
  using recorder = new SegmentWriter(join(dir, "timing-0.seg"), 0, FRAME_ROWS);
  const asked = nullMix();
  const recording = nullDispatcher(recorder, monotonicUs);
  const idle = nullDispatcher({ push: () => {} }, monotonicUs);
  let slot = 0;
  const round = (dispatcher: Dispatcher, flush: () => void) => {
    const began = monotonicUs();
    const cpu = clock.us();
    for (let request = 1; request <= requests; request++, slot++) {
      const nowUs = monotonicUs();
      dispatcher.send(dispatcher.ready(slot, asked.operationOf(slot, 0), nowUs), nowUs, () => {});
    }
    flush();
    return { cpuUs: (clock.us() - cpu) / requests, perSecond: requests / ((monotonicUs() - began) / 1e6) };
  };
  const without = () => round(idle, () => {});
  const withIt = () => round(recording, () => recorder.flush());
  // New code runs many times slower than code that was compiled.
  for (const warmUp of [without, withIt, without, withIt]) warmUp();
  const pairs: { perSecond: number; cpuUs: number; recordingUs: number }[] = [];
  for (let pair = 0; pair < PAIRS; pair++) {
    // Who comes second finds warmer caches and more to collect: each does so every other time.
    const first = pair % 2 === 0 ? null : withIt();
    const off = without();
    const on = first ?? withIt();
    pairs.push({ ...on, recordingUs: on.cpuUs - off.cpuUs });
  }
  const of = (name: "perSecond" | "cpuUs" | "recordingUs", p: number) =>
    quantile(pairs.map((pair) => pair[name]).toSorted((a, b) => a - b), p)!;
  return {
    requestsPerSecond: of("perSecond", 0.5),
    cpuUs: of("cpuUs", 0.5),
    recording: { lowUs: of("recordingUs", 0.25), highUs: of("recordingUs", 0.75) },
  };
}

/** So many full frames of timings, written as a run writes them. @param dir for the segment, of the caller */
export function measureSpool(dir: string, frames: number): Calibration["spool"] {
  using writer = new SegmentWriter(join(dir, "timing-1.seg"), 1, FRAME_ROWS);
  let us = 0;
  for (let frame = 0; frame < frames; frame++) {
    for (let row = 0; row < FRAME_ROWS; row++) {
      writer.push(row, 0, 0, 0, row, row, row, row, row, 0, null, -1, 1, 0);
    }
    const began = monotonicUs();
    writer.flush();
    us += monotonicUs() - began;
  }
  const rowsPerSecond = frames * FRAME_ROWS / (us / 1e6);
  return { rowsPerSecond, bytesPerSecond: rowsPerSecond * ROW_BYTES };
}
