import { rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { readSmallText } from "../files/small_file.ts";
import { ServiceError } from "../model/errors.ts";
import { ownerForm, type RunEnd, type SpoolOwner } from "./spool_form.ts";
import { sealText, unsealText } from "./spool_text.ts";
import { operationTable } from "./tables/operation.ts";
import { phaseTable } from "./tables/phase.ts";
import { planTable } from "./tables/plan.ts";
import { sampleTable } from "./tables/sample.ts";
import type { Table } from "./tables/table.ts";
import type { Operation } from "../model/operation.ts";
import type { Phase, Plan, Run, Sample } from "../model/run.ts";

/**
 * A run's directory while it is measured: everything that reaches DuckDB goes through here, so the end of a
 * run and the recovery of a killed one are the same load. Writes are small, synchronous appends.
 */
export interface Spool {
  readonly runId: string;
  readonly dir: string;
  /** Where worker `worker` opens its SegmentWriter. */
  segmentPath(worker: number): string;
  /** Keeps rows for a table: beside those before, or in place of them (see `Table.file`). */
  write<Row>(table: Pick<Table<Row>, "file" | "written">, rows: readonly Row[]): void;
  operations(operations: readonly Operation[]): void;
  /** Appends phases; the last one of an id counts, so write it when it begins and again when it ends. */
  phases(phases: readonly Phase[]): void;
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
  const { runId } = run;
  writeRecord(making, runId, "owner.json", owner);
  writeRecord(making, runId, "run.json", run);
  Deno.renameSync(making, dir);
  const lines = new Map<string, LineFile>();
  const write: Spool["write"] = ({ file, written = (row) => row }, rows) => {
    const kept = rows.map((row) => written(row));
    if (!file.endsWith(".jsonl")) return writeRecord(dir, runId, file, kept);
    if (!lines.has(file)) lines.set(file, new LineFile(runId, join(dir, file)));
    lines.get(file)!.append(kept);
  };
  return {
    runId,
    dir,
    segmentPath: (worker) => join(dir, `timing-${worker}.seg`),
    write,
    operations: (rows) => write(operationTable, rows),
    phases: (rows) => write(phaseTable, rows),
    samples: (rows) => write(sampleTable, rows),
    plans: (rows) => write(planTable, rows),
    run: (record) => writeRecord(dir, runId, "run.json", record),
    end: (end) => writeRecord(dir, runId, "end.json", end),
    close() {
      for (const file of lines.values()) file.close();
    },
  };
}

/** Replaces the run record of a spool that is closed. */
export function keepRun(dir: string, run: Run): void {
  writeRecord(dir, run.runId, "run.json", run);
}

/** Replaces the lines that a spool which is closed has for a table; where they cannot be written it has none. */
export function keepLines<Row>(
  dir: string,
  { file, written = (row) => row }: Table<Row>,
  rows: readonly Row[],
): void {
  const path = join(dir, file);
  rmSync(path, { force: true });
  const lines = new LineFile(basename(dir), path);
  try {
    lines.append(rows.map((row) => written(row)));
  } catch (error) {
    // A part of them would be taken for all.
    rmSync(path, { force: true });
    throw error;
  } finally {
    lines.close();
  }
}

/**
 * Removes a spool after its load succeeded. It goes under another name first: half of it, left by a kill, would be
 * loaded in place of the whole.
 */
export function removeSpool(dir: string): void {
  const going = join(dir, "..", `.${basename(dir)}${GOING}`);
  Deno.renameSync(dir, going);
  Deno.removeSync(going, { recursive: true });
}

const GOING = ".loaded";

/** Removes what a kill left of spools that were loaded. */
export function removeLoadedSpools(home: string): void {
  for (const { name } of entriesOf(home)) {
    if (!name.startsWith(".") || !name.endsWith(GOING)) continue;
    Deno.removeSync(join(spoolRoot(home), name), { recursive: true });
  }
}

/** A spool left behind; whether its owner still lives is the caller's to judge. */
export interface PendingSpool {
  readonly dir: string;
  readonly runId: string;
  /** Null when it was killed before it could write that. */
  readonly owner: SpoolOwner | null;
}

/** All spools of a home, oldest first; whatever else lies among them counts as one that cannot be read. */
export function pendingSpools(home: string): PendingSpool[] {
  return entriesOf(home).filter(({ name }) => !name.startsWith("."))
    .map(({ name }) => join(spoolRoot(home), name))
    .map((dir) => ({ dir, runId: basename(dir), owner: readOwner(dir) }))
    .sort((a, b) => a.runId < b.runId ? -1 : 1);
}

function entriesOf(home: string): Deno.DirEntry[] {
  try {
    return [...Deno.readDirSync(spoolRoot(home))];
  } catch (error) {
    // A file in their place that cannot be set aside holds none.
    if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) return [];
    throw error;
  }
}

function readOwner(dir: string): SpoolOwner | null {
  try {
    const unsealed = unsealText(basename(dir), readSmallText(join(dir, "owner.json")));
    return unsealed === null ? null : ownerForm(unsealed.value);
  } catch {
    return null;
  }
}

/**
 * Written beside and renamed: a reader sees the old content or the new, never half. On the disk before it is
 * renamed: a power cut leaves no empty file of that name.
 */
function writeRecord(dir: string, runId: string, name: string, value: unknown): void {
  const part = join(dir, `${name}.part`);
  try {
    {
      using file = Deno.openSync(part, { write: true, create: true, truncate: true });
      writeFully(file, new TextEncoder().encode(`${sealText(runId, value)}\n`));
      file.syncDataSync();
    }
    Deno.renameSync(part, join(dir, name));
  } catch (error) {
    throw unwritable(dir, error);
  }
}

/** The sentence for a disk that takes no more; what is no fault of the file system passes through. */
function unwritable(dir: string, error: unknown): unknown {
  const { code, message } = error as { code?: string; message: string };
  if (code === undefined) return error;
  return new ServiceError(
    `Cannot keep the run in ${dir}: ${message}`,
    "Free space on that disk. The rows written until now are kept, and loaded by the next bench.",
    { cause: error },
  );
}

function writeFully(file: Deno.FsFile, bytes: Uint8Array): void {
  let done = 0;
  while (done < bytes.length) done += file.writeSync(bytes.subarray(done));
}

/** A file of lines that is only appended to. */
class LineFile {
  readonly #runId: string;
  readonly #dir: string;
  readonly #file: Deno.FsFile;
  readonly #encoder = new TextEncoder();
  #written = 0;
  #closed = false;

  constructor(runId: string, path: string) {
    this.#runId = runId;
    this.#dir = dirname(path);
    try {
      this.#file = Deno.openSync(path, { append: true, create: true });
    } catch (error) {
      throw unwritable(this.#dir, error);
    }
  }

  append(values: readonly unknown[]): void {
    // In portions: a run of days has hundreds of thousands of phases.
    for (let at = 0; at < values.length; at += LINES_A_WRITE) {
      this.#append(values.slice(at, at + LINES_A_WRITE));
    }
  }

  #append(values: readonly unknown[]): void {
    const bytes = this.#encoder.encode(values.map((value) => `${sealText(this.#runId, value)}\n`).join(""));
    try {
      writeFully(this.#file, bytes);
    } catch (error) {
      // Half a line would spoil the one behind it.
      this.#file.truncateSync(this.#written);
      throw unwritable(this.#dir, error);
    }
    this.#written += bytes.length;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#file.close();
  }
}

const LINES_A_WRITE = 1000;
