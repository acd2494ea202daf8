import { readdirSync, rmdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { readOwned, writeDurably } from "../files/own_record.ts";
import { ServiceError } from "../model/errors.ts";
import { isRunId } from "../model/run_id.ts";
import { shellWord } from "../model/shell_word.ts";
import { type ProcessId, self } from "../stack/process.ts";

const FOLDER = "in-place";
const MOST_BYTES = 2 ** 16;

/** How far a change of a user's own database has come. */
export interface InPlaceRecord {
  readonly schema: 1;
  readonly runId: string;
  readonly owner: ProcessId;
  /** The user's file or folder, as it was named. */
  readonly file: string;
  /** Options of the command that go on with it must be given too, such as `--scale tiny`. */
  readonly options: readonly string[];
  /** The database by its name, and where its server is; without a password. */
  readonly database: string;
  readonly at: string;
  /** The statement under way or the last one that ended; null: none was begun. */
  readonly statement: {
    readonly file: string;
    readonly line: number;
    /** As it may be shown. */
    readonly shown: string;
    readonly ended: boolean;
  } | null;
  /** Whether all its statements are done: the load goes on after them. */
  readonly done: boolean;
  /** What was half done there before, by oids: that is not the change's. Null of an earlier Benchbook, which did not look. */
  readonly before: { readonly indexes: readonly string[]; readonly constraints: readonly string[] } | null;
}

const form = z.object({
  schema: z.literal(1),
  runId: z.string().refine(isRunId),
  owner: z.object({ pid: z.int().positive(), startedAt: z.string() }),
  file: z.string(),
  options: z.array(z.string()).default([]),
  database: z.string(),
  at: z.string(),
  statement: z.object({ file: z.string(), line: z.int(), shown: z.string(), ended: z.boolean() }).nullable(),
  done: z.boolean().default(false),
  before: z.object({ indexes: z.array(z.string()), constraints: z.array(z.string()) }).nullable().default(
    null,
  ),
});

/** A record that does not say more than that nothing was begun. */
export function newInPlace(
  of: Pick<InPlaceRecord, "runId" | "file" | "options" | "database" | "at" | "before">,
): InPlaceRecord {
  return { schema: 1, owner: self(), statement: null, done: false, ...of };
}

/**
 * Keeps on disk how far it has come, before and after each statement: whatever happens then, the next start can say it.
 * @throws {ServiceError} when it cannot be written; then no statement may be begun
 */
export function keepInPlace(home: string, record: InPlaceRecord): void {
  try {
    writeDurably(inPlacePath(home, record.runId), JSON.stringify(record));
  } catch (error) {
    throw new ServiceError(
      `Cannot keep a record of the change of "${record.database}" in ${join(home, FOLDER)}: ${
        (error as Error).message
      }`,
      "Free space on that disk, or set BENCHBOOK_HOME to another folder.",
      { cause: error },
    );
  }
}

/** It is over, and what came of it was said. */
export function forgetInPlace(home: string, runId: string): void {
  rmSync(inPlacePath(home, runId), { force: true });
  try {
    rmdirSync(join(home, FOLDER));
  } catch {
    // Another one's record is there.
  }
}

/** The run has ended by an error, which was told: where nothing was begun there is nothing more to say. */
export function forgetUnbegun(home: string, runId: string): void {
  if (keptInPlace(home).some((kept) => kept.runId === runId && kept.statement === null)) {
    forgetInPlace(home, runId);
  }
}

/** Forgets what runs that were killed have left of a change which is gone on with. */
export function takenUp(home: string, of: Pick<InPlaceRecord, "file" | "database" | "at">): void {
  for (const { runId, file, database, at } of keptInPlace(home)) {
    if (file === of.file && database === of.database && at === of.at) forgetInPlace(home, runId);
  }
}

/** What to do where the load's own writes could not be taken back, as a part of a sentence. */
export const READ_ONLY_INSTEAD =
  "give it a load that only reads: --scenario shop-under-change --set write_share=0";

/** The command that goes on with a change from a statement on. */
export function goOnCommand(
  { file, database, options }: Pick<InPlaceRecord, "file" | "database" | "options">,
  at: { readonly file: string; readonly line: number },
): string {
  const from = at.file === file ? String(at.line) : `${at.file}:${at.line}`;
  const words = [file, "--in-place", database, "--from", from, ...options];
  return `\`deno task migrate ${words.map(shellWord).join(" ")}\``;
}

/** Where a record lies. */
export function inPlacePath(home: string, runId: string): string {
  return join(home, FOLDER, `${runId}.json`);
}

/** The records of a home; what is damaged says nothing of any database. */
export function keptInPlace(home: string): InPlaceRecord[] {
  let names: string[];
  try {
    names = readdirSync(join(home, FOLDER)).filter((name) => name.endsWith(".json")).sort();
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    const read = readOwned(join(home, FOLDER, name), MOST_BYTES);
    if (read === null || read.refused !== null) return [];
    try {
      return [form.parse(JSON.parse(read.text))];
    } catch {
      return [];
    }
  });
}
