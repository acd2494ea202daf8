import { BenchbookError, ExitCode } from "../model/errors.ts";
import { mention, owe } from "../model/owed.ts";
import { mentionKeys } from "../targets/cache_keys.ts";
import { beginWriting, type Begun, told } from "./begin_writing.ts";
import { isNoCopy } from "./copies.ts";
import { dropRecord, keepForLater, recordPath } from "./journal.ts";
import { placeText } from "./place.ts";
import type { WriteRecord } from "./record.ts";
import { takeBack } from "./take_back.ts";
import type { WritingOptions } from "./writing.ts";

/** What work that wrote gave, and what it left behind. */
export interface Undone<T> {
  readonly value: T;
  /** What is not as before, a sentence each, and what mends it; empty: all is. */
  readonly left: readonly string[];
  /** What was not compared, a sentence each. */
  readonly remarks: readonly string[];
  /** Rows that the scenario's own undo removed or changed, by database; null where the server does not count. */
  readonly touched: readonly (number | null)[];
}

const WRITES_LEFT =
  "Rows that this run wrote may be left in the database: deno task clean --writes takes them back, and so does the " +
  "next deno task bench.";
const WRITES_LEFT_OF_ARMS =
  "Rows that this run wrote may be left in the databases that it used: deno task clean --writes takes them back, in each " +
  "with a DATABASE_URL that leads there, and so does the next deno task bench with these arms.";

/**
 * Does some work that writes into databases, and takes the writes back whatever becomes of it. Before the first write a
 * record of what may be written into each is on disk, so that after a kill the next start can do the same; each stays
 * until nothing is left there. From then on, and no sooner, the process owes the undo to whoever wants to leave at once.
 * @throws {UsageError} where rows or triggers of somebody else are in the way, before anything is written
 * @throws {ServiceError} where others hold locks that looking needs, and {InterruptedError} after `signal`; likewise
 * @throws what the work throws; where something is left the error says it, with exit code 3 unless it is 130 or 2
 */
export async function undoing<T>(options: WritingOptions, work: () => Promise<T>): Promise<Undone<T>> {
  // Who brings an undo knows that something is written, declared or not.
  const writes = options.own !== null || options.scenario.operations.some(({ write }) => write);
  const begun = writes ? await beginWriting(options) : [];
  const paid = begun.length === 0 ? null : owe(sentenceOf(begun));
  const unkeyed = mentionKeys(options.cachePrefix);
  // What is left is said when the run has been stored: until then it stays mentioned to whoever leaves at once.
  let [rowsLeft, keysLeft] = [false, false];
  const finish = async (whole: boolean) => {
    // What fails in one database keeps none of the others waiting.
    const back = await Promise.all(begun.map((each) => backIn(options, each, whole)));
    const left = back.flatMap((each) => each.left);
    rowsLeft = left.length > 0;
    try {
      await options.clearCache();
    } catch (error) {
      keysLeft = true;
      const { message, next } = error as Partial<BenchbookError>;
      left.push(`${message}.${next === undefined ? "" : ` ${next}`}`);
    }
    return { left, touched: back.map((each) => each.touched) };
  };
  try {
    let value: T;
    try {
      value = await work();
    } catch (error) {
      const { left } = await finish(false);
      throw left.length === 0 ? error : withLeft(error, left);
    }
    return { value, remarks: begun.flatMap(({ remarks }) => remarks), ...await finish(true) };
  } finally {
    if (rowsLeft) mention(sentenceOf(begun));
    paid?.();
    if (!keysLeft) unkeyed();
  }
}

function sentenceOf(begun: readonly Begun[]): string {
  return begun.every(({ record: { part, copy } }) => part === undefined || copy)
    ? WRITES_LEFT
    : WRITES_LEFT_OF_ARMS;
}

/** Takes back what was written into one database. @returns what is left there, and rows that an own undo touched */
async function backIn(
  { home, signal, spool, proofWrote, settle, beforeUndo: before }: WritingOptions,
  { database: { url }, record: begun }: Begun,
  whole: boolean,
): Promise<{ readonly left: readonly string[]; readonly touched: number | null }> {
  // One that cannot be reached is named by what follows.
  if (await isNoCopy(home, begun, url).catch(() => false)) return { left: [], touched: null };
  const record = { ...begun, whole, reserved: reservedOf(begun, proofWrote?.get(url)) };
  const asked = { signal, justEnded: true, settle, ...before !== undefined && { before } };
  const { left, touched, record: after } = await takeBack(home, record, url, asked);
  if (left.length === 0) {
    await dropRecord(home, record);
    return { left, touched };
  }
  await keepForLater(home, after, spool);
  return { left: [...left.map((sentence) => told(record, sentence)), mend(home, record)], touched };
}

/** What to do about what is left, for people. */
function mend(home: string, record: WriteRecord): string {
  const { own, part = 0, place } = record;
  const task = part === 0
    ? "`deno task clean --writes`"
    : `\`deno task clean --writes\` with a DATABASE_URL that leads to ${placeText(place)}`;
  const how = own === null
    ? `Fix that, then run ${task}: it takes back what is left. So does the next bench on this database.`
    : `Fix that, ${own.file} if it is at fault, then run ${task}: it takes back what is left, and ` +
      `asks before it runs another ${own.file}. So does the next bench on this database while that is as it was.`;
  return `${how} Where it is right as it is, delete ${recordPath(home, record)}.`;
}

/** What the comparison did not send, or what failed there, is somebody else's where it stands. */
function reservedOf(
  { reserved }: WriteRecord,
  wrote: ReadonlySet<number> | undefined,
): WriteRecord["reserved"] {
  if (reserved === null || wrote === undefined) return reserved;
  return { ...reserved, proofSlots: reserved.proofSlots.filter((slot) => wrote.has(slot)) };
}

/** An error that also says what is left. */
function withLeft(error: unknown, left: readonly string[]): unknown {
  const known = error instanceof BenchbookError ? error : null;
  const code = known?.exitCode === ExitCode.interrupted || known?.exitCode === ExitCode.usage
    ? known.exitCode
    : ExitCode.service;
  const next = [...known?.next === undefined ? [] : [known.next], ...left].join("\n  ");
  return new BenchbookError((error as Error).message, code, next, { cause: error });
}
