import { counted } from "../model/units.ts";
import { basename, join } from "node:path";
import { z } from "zod";
import { readSmall } from "../files/small_file.ts";
import type { Run } from "../model/run.ts";
import { SpoolError } from "./spool_error.ts";
import { endForm, type Form, formOf, type RunEnd, runForm } from "./spool_form.ts";
import { unsealText } from "./spool_text.ts";
import type { Table } from "./tables/table.ts";

/** What a spool says of its run; its rows are read table by table. */
export interface SpoolContent {
  readonly run: Run;
  /** Null: the process was killed before it could say how the run ended. */
  readonly end: RunEnd | null;
  readonly segments: readonly string[];
  /** What could not be read: a sentence's part for each. What a kill in mid-write tears off is none of it. */
  readonly damaged: string[];
}

/**
 * Reads a spool directory, also one whose process was killed at any moment or whose files were damaged since.
 * @throws {SpoolError} when it is not known of which run it is.
 */
export function readSpool(dir: string): SpoolContent {
  const runId = basename(dir);
  const damaged: string[] = [];
  const run = readRecord(dir, "run.json", runForm, damaged);
  if (run === null || run.runId !== runId) {
    throw new SpoolError(
      `Cannot load the spool ${dir} as a run: its run.json ${
        damaged.length > 0
          ? "is damaged, or of another version"
          : run === null
          ? "is missing"
          : `is of run ${run.runId}`
      }`,
      "Nothing is known about its rows. The next bench sets it aside.",
    );
  }
  return { run, end: readRecord(dir, "end.json", endForm, damaged), segments: segmentsOf(dir), damaged };
}

/**
 * The rows that a spool has for a table. Those of a file of lines are read one at a time: an hour of samples is more
 * than a heap should hold.
 * @param damaged gets a sentence's part where some could not be read
 * @throws {SpoolError} when they are needed, and not to be had.
 */
export function rowsOf<Row>(dir: string, table: Table<Row>, damaged: string[]): Iterable<Row> {
  const { file, form, unsealed = form, needed } = table;
  if (file.endsWith(".jsonl")) return readLines(dir, file, [formOf(form), formOf(unsealed)], damaged);
  const before = damaged.length;
  const rows = readRecord(dir, file, formOf(z.array(form)), damaged);
  const isDamaged = damaged.length > before;
  if (rows === null && needed !== undefined && (isDamaged || segmentsOf(dir).some(hasRows))) {
    throw new SpoolError(
      `Cannot load the spool ${dir} as a run: its ${file} is ${
        isDamaged ? "damaged, or of another version" : "missing"
      }`,
      `${needed} The next bench sets it aside.`,
    );
  }
  return rows ?? [];
}

/** A run that was killed before it measured has neither rows nor operations. */
function hasRows(segment: string): boolean {
  return Deno.statSync(segment).size > 0;
}

function segmentsOf(dir: string): string[] {
  return [...Deno.readDirSync(dir)]
    .filter((entry) => /^timing-\d+\.seg$/.test(entry.name))
    .map((entry) => join(dir, entry.name))
    .sort();
}

/** A record that is a file of its own; null where there is none, or where it is damaged. */
function readRecord<T>(dir: string, name: string, form: Form<T>, damaged: string[]): T | null {
  let text: string;
  try {
    text = readSmall(join(dir, name), { most: LARGEST_RECORD }).text;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) damaged.push(name);
    return null;
  }
  const unsealed = unsealText(basename(dir), text);
  const record = unsealed === null ? null : form(unsealed.value);
  if (record === null) damaged.push(name);
  return record;
}

/** Bytes of a record at most: all the plans of a run are a hundredth of that. */
const LARGEST_RECORD = 2 ** 27;

/** A line is never longer; what goes on without end is no line, and must not fill the memory. */
const LONGEST_LINE = 2 ** 20;

/** The records of a file of lines: with a checksum in the first form, without one in the second. A last line without its end was torn by a kill and is left out. */
function* readLines<T>(
  dir: string,
  name: string,
  [ofSealed, ofUnsealed]: readonly [Form<T>, Form<T>],
  damaged: string[],
): Generator<T> {
  let bad = 0;
  try {
    for (const line of linesOf(join(dir, name))) {
      const unsealed = line === "" ? null : unsealText(basename(dir), line);
      const record = unsealed === null ? null : (unsealed.sealed ? ofSealed : ofUnsealed)(unsealed.value);
      if (record === null) bad++;
      else yield record;
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    if (typeof (error as { code?: unknown }).code !== "string") throw error;
    damaged.push(name);
    return;
  }
  if (bad > 0) damaged.push(`${counted(bad, "line")} of ${name}`);
}

function* linesOf(path: string): Generator<string> {
  using file = Deno.openSync(path, { read: true });
  const decoder = new TextDecoder();
  const block = new Uint8Array(65_536);
  let rest = "";
  for (let read = file.readSync(block); read !== null; read = file.readSync(block)) {
    const lines = (rest + decoder.decode(block.subarray(0, read), { stream: true })).split("\n");
    rest = lines.pop()!.slice(0, LONGEST_LINE);
    yield* lines;
  }
}
