import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { Redis } from "ioredis";
import { openRun } from "../store/read.ts";
import { openStore } from "../store/open.ts";
import { summarise } from "../summary/summarise.ts";
import { type End, type Ended, NEXT_START } from "./testing_ends.ts";
import type { UserLand } from "./testing_user_land.ts";

/** A run as the store has it, with counts of its timings. */
export interface StoredRun {
  readonly id: string;
  readonly status: string;
  readonly rows: number;
  readonly slots: number;
  readonly first: number;
  readonly outcomes: number;
}

/** Checks that only a machine with too little time fails. */
const OF_LOAD: readonly string[] = ["generator-gap", "on-time", "arrivals", "samples"];
const JUDGED = [0, 1];
const INVALID = 4;

/** All runs of a store, oldest first. */
export async function runsIn(db: string): Promise<StoredRun[]> {
  if (!existsSync(db)) return [];
  const store = await openStore(db, { mode: "read" });
  try {
    return await store.rows<StoredRun>(
      `SELECT r.run_id AS id, r.status::VARCHAR AS status, count(t.run_id)::INT AS rows,
         count(DISTINCT t.slot)::INT AS slots, (count(t.run_id) FILTER (t.attempt = 0))::INT AS first,
         count(t.outcome)::INT AS outcomes
       FROM run r LEFT JOIN timing t USING (run_id) GROUP BY r.run_id, r.status, r.started_at ORDER BY r.started_at`,
    );
  } finally {
    store.close();
  }
}

/** That the exit code is the one of the contract, and that the run is stored with what it measured, or not at all. */
export async function checkOutcome(
  { code, stored, says }: End,
  ended: Ended,
  added: readonly StoredRun[],
  db: string,
): Promise<void> {
  if (says !== undefined) assert.match(ended.said, says);
  assert.doesNotMatch(ended.said, /a defect of Benchbook|\n\s+at .*:\d+:\d+/);
  const [run] = added;
  assert.ok(stored.includes((run?.status ?? null) as typeof stored[number]), `stored as ${run?.status}`);
  assert.ok(added.length <= 1, `${added.length} runs stored`);
  await checkCode(code, ended.code, run, db);
  // What may have had no time to begin may have had none to ask anything either.
  if (run !== undefined) checkRows(run, stored.includes(null) ? 0 : 1);
}

/** That a short run on a machine that may be busy has ended well. */
export async function checkNextStart({ code }: { code: number }, run: StoredRun, db: string): Promise<void> {
  await checkCode(0, code, run, db);
  assert.equal(run.status, "complete");
  checkRows(run);
}

export function checkRows({ rows, slots, first, outcomes }: StoredRun, atLeast = 1): void {
  assert.ok(rows >= atLeast, "no row is stored");
  assert.equal(first, slots, "a slot has no first attempt, or two");
  assert.equal(outcomes, rows, "a row has no outcome");
}

async function checkCode(
  wanted: number,
  code: number,
  run: StoredRun | undefined,
  db: string,
): Promise<void> {
  if (run === undefined || !JUDGED.includes(wanted)) return assert.equal(code, wanted, "exit code");
  const { verdict, reasons, validity } = await summarise(await openRun(run.id, { db }), run.id);
  const failed = validity.checks.filter(({ ok }) => !ok).map(({ name }) => name);
  assert.deepEqual(failed.filter((name) => !OF_LOAD.includes(name)), [], reasons.join("\n"));
  // A machine that had no time for the generator makes a run INVALID, and then nothing else is said of it.
  assert.equal(
    code,
    failed.length > 0 ? INVALID : wanted,
    `exit code; verdict ${verdict}: ${reasons.join("\n")}`,
  );
  assert.equal(verdict, failed.length > 0 ? "invalid" : wanted === 0 ? "pass" : "fail");
}

/** What was said by the run itself, and by the start after it. */
export function partsOf(said: string): { run: string; next: string } {
  const [run = "", next = ""] = said.split(NEXT_START);
  return { run, next };
}

/** Of the differences those that the run has not named: the thing itself, and the command that mends it. */
export function unnamed(lines: readonly string[], said: string): string[] {
  return lines.filter((line) =>
    !isNamedKey(line, said) && !isNamedRow(line, said) && !isNamedRecord(line, said) &&
    !isFreeLock(line, said) && !isKeptSpool(line, said)
  );
}

/** What was measured, where a person has ended a run before it was stored: the next start stores it. */
function isKeptSpool(line: string, said: string): boolean {
  return said.includes("What was measured is kept: the next deno task bench stores it.") &&
    /^\+ folder: home\/spool\/[\d-]+[0-9a-f]{4}(\/|$)/.test(line);
}

/** The lock of who left at once is free, as the kernel holds it; its file still says who had it, until the next start. */
function isFreeLock(line: string, said: string): boolean {
  return said.includes("Exited immediately.") && line.startsWith("~ folder: home/bench.lock: ");
}

/** A key in Redis, by what it begins with; the command for it is a pipeline for a shell. */
function isNamedKey(line: string, said: string): boolean {
  const [, key] = /^\+ Redis: database 0: key (.*)$/.exec(line) ?? [];
  const [, prefix] = UNLINK.exec(said) ?? [];
  return key !== undefined && prefix !== undefined && /^benchbook:[\w-]+:$/.test(prefix) &&
    key.startsWith(prefix) && said.includes(`They begin with ${prefix} and expire by themselves`);
}

/**
 * Rows, by their table and their keys; by the table and the key's column where the server does not answer any more. What
 * takes back the writes into a user's own tables only its file knows. Who left at once, which a slow machine makes it do,
 * could not look.
 */
function isNamedRow(line: string, said: string): boolean {
  const [, table] = /content of table ([^:]+):/.exec(line) ?? [];
  if (table === undefined || !MEND.test(said)) return false;
  const left =
    said.match(/rows? of the run \S+ (?:is|are) left in \S+ of the database "shop(?:_twin)?": \w+ \d+/g) ??
      [];
  const unknown = said.match(
    /not known whether writes of the run \S+ in the database "shop(?:_twin)?" \([^)]*\) are left: Cannot connect/g,
  ) ?? [];
  return left.some((sentence) => sentence.includes(` left in ${table} of `)) ||
    unknown.some((sentence) =>
      [...sentence.matchAll(/(\w+\.\w+): /g)].some(([, name]) => isOrIsPartOf(table, name!)) ||
      table === "stall.visit" && sentence.includes("(what undo.sql takes back)")
    ) ||
    said.includes("Exited immediately.") &&
      said.includes("Rows that this run wrote may be left in the database");
}

/** The partitions of Benchbook's own tables bear their names. */
function isOrIsPartOf(table: string, name: string): boolean {
  return table === name || table.startsWith(`${name}_`);
}

/** The record of what may be left, and what tells which keys are the run's: with the record's path. */
function isNamedRecord(line: string, said: string): boolean {
  const [, run] =
    /^\+ folder: home\/undo\/(?:spools\/)?([\d-]+[0-9a-f]{4}(?:\.\d+)?)(?:\.json$|$|\/timing-\d+\.seg$)/
      .exec(line) ?? [];
  return line === "+ folder: home/undo/spools" ||
    run !== undefined && said.includes(`/home/undo/${run}.json.`);
}

const MEND = /`?deno task clean --writes`?:? (it )?takes (them )?back/;
const UNLINK = /redis-cli --scan --pattern '([^']*)\*' \| tr '\\n' '\\0' \| xargs -0 redis-cli unlink/;

/** True where a run has told how its keys are removed from Redis. */
export function tellsUnlink(said: string): boolean {
  return UNLINK.test(said);
}

/** Does what a run has told to do about its keys in Redis. */
export async function unlinkAsTold({ redis }: UserLand, said: string): Promise<void> {
  const [, prefix] = UNLINK.exec(said)!;
  const client = new Redis(redis.url);
  try {
    for await (const keys of client.scanStream({ match: `${prefix}*` }) as AsyncIterable<string[]>) {
      if (keys.length > 0) await client.unlink(...keys);
    }
  } finally {
    client.disconnect();
  }
}
