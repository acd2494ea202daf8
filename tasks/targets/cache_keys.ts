import { ServiceError } from "../model/errors.ts";
import { mention } from "../model/owed.ts";
import { RedisClient } from "../redis/client.ts";
import type { Reply } from "../redis/wire.ts";

/** Keys removed by one command. */
const BATCH = 500;
/** To connect, and for an answer. */
const ANSWER_MS = 5000;
/** A list of keys that is not at its end by then is given up: a hundred million keys take half of it. */
const LIST_MS = 60_000;
/** Or after so many pages, a thousand keys each: whoever gives more of them in that time gives them for ever. */
const MOST_PAGES = 1_000_000;
/** An unsigned number of 64 bits. */
const CURSOR = /^\d{1,20}$/;

/**
 * The keys that a cached path has stored and that have not expired: for a Redis whose role may not list keys. As many
 * as Redis itself holds.
 */
export class StoredKeys {
  /** When each expires, milliseconds; those stored last come last. */
  readonly #expiry = new Map<string, number>();

  add(key: string, nowMs: number, ttlMs: number): void {
    this.#expiry.delete(key);
    this.#expiry.set(key, nowMs + ttlMs);
    for (const [oldest, expiresMs] of this.#expiry) {
      if (expiresMs > nowMs) break;
      this.#expiry.delete(oldest);
    }
  }

  list(): string[] {
    return [...this.#expiry.keys()];
  }
}

/** Keys stored in one place, as those who stored them told this thread. */
interface Told {
  keys: string[];
  /** How many have not told theirs. */
  missing: number;
}

const told = new Map<string, Told>();

/** Where a run keeps keys: in a Redis, under its prefix. */
interface KeyPlace {
  readonly redisUrl: string;
  readonly prefix: string;
}

/** Somebody begins to store keys, and will tell them when it ends. */
export function expectKeys(place: KeyPlace): void {
  toldOf(place).missing++;
}

/** Takes in what somebody stored; none where Redis lists them. */
export function tellKeys(place: KeyPlace, keys: readonly string[]): void {
  const known = toldOf(place);
  known.missing--;
  known.keys = known.keys.concat(keys);
}

function toldOf(place: KeyPlace): Told {
  const key = placeKey(place);
  let known = told.get(key);
  if (known === undefined) told.set(key, known = { keys: [], missing: 0 });
  return known;
}

function placeKey({ redisUrl, prefix }: KeyPlace): string {
  return `${redisUrl} ${prefix}`;
}

interface ForgetOptions {
  readonly limitMs?: number;
  readonly mostPages?: number;
  readonly ofAnother?: boolean;
  readonly arms?: readonly string[];
}

/**
 * Removes a run's keys, and no others: those that Redis lists, or where its role may not list any (SCAN), those that
 * were told.
 * @param prefix that each of them begins with; a glob character in it stands for itself
 * @param options.limitMs for listing the keys
 * @param options.mostPages of that list
 * @param options.ofAnother whether another process stored them, which has told nothing here
 * @param options.arms that stored them, for messages
 * @throws {ServiceError} saying what is left, and why
 */
export async function forgetKeys(
  redisUrl: string,
  prefix: string,
  { limitMs = LIST_MS, mostPages = MOST_PAGES, ofAnother = false, arms = [] }: ForgetOptions = {},
): Promise<void> {
  const redis = new RedisClient(redisUrl, ANSWER_MS);
  const place = { redisUrl, prefix };
  const where = `Redis at ${new URL(redisUrl).host}${arms.length === 0 ? "" : ` (${arms.join(", ")})`}`;
  try {
    await redis.connect();
    const remove = remover(redis);
    if (ofAnother) expectKeys(place);
    if (!await eachListed(redis, prefix, { limitMs, mostPages }, remove)) {
      await removeTold(place, where, remove);
    }
    told.delete(placeKey(place));
  } catch (error) {
    if (error instanceof ServiceError) throw error;
    throw new ServiceError(
      `Cannot remove the run's keys from ${where}: ${reasonOf(error as Error)}`,
      `They begin with ${prefix} and expire by themselves; sooner: ${unlinkCommand(prefix)}`,
      { cause: error },
    );
  } finally {
    redis.close();
  }
}

type Remove = (keys: readonly string[]) => Promise<void>;

/** @returns false where Redis does not list keys */
async function eachListed(
  redis: RedisClient,
  prefix: string,
  { limitMs, mostPages }: { readonly limitMs: number; readonly mostPages: number },
  remove: Remove,
): Promise<boolean> {
  const pattern = `${prefix.replace(/[\\*?[\]^-]/g, "\\$&")}*`;
  const until = performance.now() + limitMs;
  // A cursor only ever goes on: one that comes again would do so for ever.
  const seen = new Set<string>();
  let cursor = "0";
  do {
    if (seen.has(cursor) || seen.size >= mostPages || performance.now() > until) {
      throw new Error("its list of keys (SCAN) does not end");
    }
    seen.add(cursor);
    let keys: string[];
    try {
      [cursor, keys] = pageOf(await redis.ask("SCAN", cursor, "MATCH", pattern, "COUNT", "1000"));
    } catch (error) {
      if (isRefused(error)) return false;
      throw error;
    }
    // Whatever the pattern means to that server.
    await remove(keys.filter((key) => key.startsWith(prefix)));
  } while (cursor !== "0");
  return true;
}

/** The next cursor, and keys. @throws where that is not what the answer says */
function pageOf(reply: Reply): [cursor: string, keys: string[]] {
  const [cursor, keys] = Array.isArray(reply) ? reply : [];
  const isText = (value: unknown) => typeof value === "string";
  // Each is kept until the list ends.
  const isCursor = isText(cursor) && CURSOR.test(cursor);
  if (isCursor && Array.isArray(keys) && keys.every(isText)) return [cursor, keys];
  throw new Error("its answer to SCAN is not a list of keys");
}

async function removeTold(place: KeyPlace, where: string, remove: Remove): Promise<void> {
  const { prefix } = place;
  const { keys, missing } = told.get(placeKey(place)) ?? { keys: [], missing: 0 };
  for (let at = 0; at < keys.length; at += BATCH) await remove(keys.slice(at, at + BATCH));
  if (missing === 0) return;
  throw new ServiceError(
    `Cannot find the run's keys in ${where}: its role may not list keys (SCAN), and a thread that stored some has ended early`,
    `They begin with ${prefix} and expire by themselves; sooner, as a role that may: ${
      unlinkCommand(prefix)
    }`,
  );
}

/** Removes by UNLINK; by DEL where Redis or the role has not that; one by one where a cluster wants it so. */
function remover(redis: RedisClient): Remove {
  let verb = "UNLINK";
  const call = async (keys: readonly string[]): Promise<void> => {
    try {
      if (typeof await redis.ask(verb, ...keys) !== "number") {
        throw new Error(`its answer to ${verb} is not a number`);
      }
    } catch (error) {
      const { message } = error as Error;
      if (verb === "UNLINK" && isRefused(error)) verb = "DEL";
      else if (!message.startsWith("CROSSSLOT") || keys.length === 1) throw error;
      else {
        for (const key of keys) await call([key]);
        return;
      }
      await call(keys);
    }
  };
  return async (keys) => {
    if (keys.length > 0) await call(keys);
  };
}

/** Whether a role may not do it, or the server does not know it (it may have been renamed). */
function isRefused(error: unknown): boolean {
  return /^NOPERM|unknown command/i.test((error as Error).message);
}

function reasonOf({ message }: Error): string {
  return message.slice(0, 200).replace(/[^\x20-\x7e]+/g, "?").replace(/\.$/, "") || "no reason given";
}

/**
 * Until a run's keys are removed: whoever leaves at once is told of them, and does not wait, as they expire.
 * @param prefix null: the run stores none
 * @returns to be called when they are gone, or said to be left
 */
export function mentionKeys(prefix: string | null): () => void {
  if (prefix === null) return () => {};
  return mention(
    `Keys that this run stored may be left in Redis. They begin with ${prefix} and expire by themselves; sooner: ${
      unlinkCommand(prefix)
    }`,
  );
}

/** What all keys of a run begin with. */
export function keyPrefix(runId: string): string {
  return `benchbook:${runId}:`;
}

/**
 * For a shell, as a sentence has it: within backticks. The pattern is one word whatever it holds, and so is each key: keys
 * hold quotes and blanks, at which xargs would split them, and no line break.
 */
export function unlinkCommand(prefix: string): string {
  return `\`redis-cli --scan --pattern '${
    prefix.replaceAll("'", "")
  }*' | tr '\\n' '\\0' | xargs -0 redis-cli unlink\``;
}
