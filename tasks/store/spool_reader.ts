import { join } from "node:path";
import { ServiceError } from "../model/errors.ts";
import type { Operation } from "../model/operation.ts";
import type { Phase, Plan, Run, Sample } from "../model/run.ts";
import type { RunEnd } from "./spool.ts";

/** A spool's small files; timings are read segment by segment. */
export interface SpoolContent {
  readonly run: Run;
  /** Null: the process was killed before it could say how the run ended. */
  readonly end: RunEnd | null;
  readonly operations: readonly Operation[];
  readonly phases: readonly Phase[];
  readonly plans: readonly Plan[];
  readonly segments: readonly string[];
}

/**
 * Reads a spool directory, also one whose process was killed at any moment.
 * @throws {ServiceError} when there is no run record: nothing can be said about such rows.
 */
export function readSpool(dir: string): SpoolContent {
  const run = readJson<Run>(dir, "run.json");
  if (run === null) {
    throw new ServiceError(
      `Cannot load the spool ${dir} as a run: its run.json is missing`,
      "It was killed before it measured anything. Remove that directory.",
    );
  }
  const end = readJson<RunEnd>(dir, "end.json");
  const phases = new Map<number, Phase>();
  for (const phase of readLines<Phase>(join(dir, "phases.jsonl"))) phases.set(phase.phaseId, phase);
  return {
    run: { ...run, startedAt: new Date(run.startedAt), endedAt: run.endedAt && new Date(run.endedAt) },
    end: end && { ...end, endedAt: new Date(end.endedAt) },
    operations: readJson<Operation[]>(dir, "operations.json") ?? [],
    phases: [...phases.values()].sort((a, b) => a.phaseId - b.phaseId),
    plans: readJson<Plan[]>(dir, "plans.json") ?? [],
    segments: [...Deno.readDirSync(dir)]
      .filter((entry) => /^timing-\d+\.seg$/.test(entry.name))
      .map((entry) => join(dir, entry.name))
      .sort(),
  };
}

/** The samples of a spool, one at a time: an hour of them is more than a heap should hold. */
export function* readSamples(dir: string): Generator<Sample> {
  type Line = [number, Sample["source"], string, Record<string, string>, number | null];
  for (const [atUs, source, metric, labels, value] of readLines<Line>(join(dir, "samples.jsonl"))) {
    // JSON has no NaN or infinity: what was not a number is no measurement.
    if (value !== null) yield { atUs, source, metric, labels, value };
  }
}

function readJson<T>(dir: string, name: string): T | null {
  try {
    return JSON.parse(Deno.readTextFileSync(join(dir, name))) as T;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** JSON lines; a last line without its end was torn by a kill and is left out. */
function* readLines<T>(path: string): Generator<T> {
  let file: Deno.FsFile;
  try {
    file = Deno.openSync(path, { read: true });
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    throw error;
  }
  using source = file;
  const decoder = new TextDecoder();
  const block = new Uint8Array(65_536);
  let rest = "";
  for (let read = source.readSync(block); read !== null; read = source.readSync(block)) {
    const lines = (rest + decoder.decode(block.subarray(0, read), { stream: true })).split("\n");
    rest = lines.pop()!;
    for (const line of lines) if (line !== "") yield JSON.parse(line) as T;
  }
}
