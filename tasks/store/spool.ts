import { basename, join } from "node:path";
import type { Operation } from "../model/operation.ts";
import type { Phase, Plan, Run, RunStatus, Sample, Verdict } from "../model/run.ts";

/** Who writes a spool: a process id alone is reused, so its start time goes with it. */
export interface SpoolOwner {
  readonly pid: number;
  readonly startedAt: string;
}

/** How a run ended; its absence means that the process was killed. */
export interface RunEnd {
  readonly status: Exclude<RunStatus, "running">;
  readonly verdict?: Verdict | null;
  readonly endedAt: Date;
}

/**
 * A run's directory while it is measured: everything that reaches DuckDB goes through here, so the end of a
 * run and the recovery of a killed one are the same load. Writes are small, synchronous appends.
 */
export interface Spool {
  readonly runId: string;
  readonly dir: string;
  /** Where worker `worker` opens its SegmentWriter. */
  segmentPath(worker: number): string;
  operations(operations: readonly Operation[]): void;
  /** Appends a phase; the last one of an id counts, so write it when it begins and again when it ends. */
  phase(phase: Phase): void;
  samples(samples: readonly Sample[]): void;
  plans(plans: readonly Plan[]): void;
  /** Replaces the run record, e.g. when the environment is known better. */
  run(run: Run): void;
  end(end: RunEnd): void;
  close(): void;
}

const FOLDER = "spool";

/** The directory of all spools of a Benchbook home. */
export function spoolRoot(home: string): string {
  return join(home, FOLDER);
}

/**
 * Opens a new spool `HOME/spool/<run_id>/` with `run.json` and `owner.json`.
 * @throws when a spool of that run exists already.
 */
export function createSpool(home: string, run: Run, owner: SpoolOwner): Spool {
  const dir = join(spoolRoot(home), run.runId);
  // Made under a hidden name and renamed: a spool that is listed has its owner and its run.
  const making = join(spoolRoot(home), `.${run.runId}`);
  Deno.mkdirSync(making, { recursive: true });
  writeJson(making, "owner.json", owner);
  writeJson(making, "run.json", run);
  Deno.renameSync(making, dir);
  const phases = new LineFile(join(dir, "phases.jsonl"));
  const samples = new LineFile(join(dir, "samples.jsonl"));
  return {
    runId: run.runId,
    dir,
    segmentPath: (worker) => join(dir, `timing-${worker}.seg`),
    operations: (operations) => writeJson(dir, "operations.json", operations),
    phase: (phase) => phases.append([phase]),
    samples: (list) =>
      samples.append(
        list.map(({ atUs, source, metric, labels, value }) => [atUs, source, metric, labels, value]),
      ),
    plans: (plans) => writeJson(dir, "plans.json", plans),
    run: (record) => writeJson(dir, "run.json", record),
    end: (end) => writeJson(dir, "end.json", end),
    close() {
      phases.close();
      samples.close();
    },
  };
}

/** Removes a spool after its load succeeded. */
export function removeSpool(dir: string): void {
  Deno.removeSync(dir, { recursive: true });
}

/** A spool left behind; whether its owner still lives is the caller's to judge. */
export interface PendingSpool {
  readonly dir: string;
  readonly runId: string;
  /** Null when it was killed before it could write that. */
  readonly owner: SpoolOwner | null;
}

/** All spools of a home, oldest first. */
export function pendingSpools(home: string): PendingSpool[] {
  let entries: Deno.DirEntry[];
  try {
    entries = [...Deno.readDirSync(spoolRoot(home))];
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
  return entries.filter((entry) => entry.isDirectory && !entry.name.startsWith("."))
    .map((entry) => join(spoolRoot(home), entry.name))
    .map((dir) => ({ dir, runId: basename(dir), owner: readOwner(dir) }))
    .sort((a, b) => a.runId < b.runId ? -1 : 1);
}

function readOwner(dir: string): SpoolOwner | null {
  try {
    return JSON.parse(Deno.readTextFileSync(join(dir, "owner.json"))) as SpoolOwner;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound || error instanceof SyntaxError) return null;
    throw error;
  }
}

/** Written beside and renamed: a reader sees the old content or the new, never half. */
function writeJson(dir: string, name: string, value: unknown): void {
  const part = join(dir, `${name}.part`);
  Deno.writeTextFileSync(part, JSON.stringify(value));
  Deno.renameSync(part, join(dir, name));
}

/** A file of JSON lines that is only appended to. */
class LineFile {
  readonly #file: Deno.FsFile;
  readonly #encoder = new TextEncoder();
  #closed = false;

  constructor(path: string) {
    this.#file = Deno.openSync(path, { append: true, create: true });
  }

  append(values: readonly unknown[]): void {
    if (values.length === 0) return;
    const bytes = this.#encoder.encode(values.map((value) => `${JSON.stringify(value)}\n`).join(""));
    let done = 0;
    while (done < bytes.length) done += this.#file.writeSync(bytes.subarray(done));
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#file.close();
  }
}
