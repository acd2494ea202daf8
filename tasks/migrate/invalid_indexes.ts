import type { Client } from "pg";
import { sleep } from "../net/sleep.ts";
import { asLogin } from "../seed/connect.ts";
import { afterwards } from "./afterwards.ts";
import { migrateSql } from "./migrate_sql.ts";
import { codeOf } from "./step_failure.ts";

/** An index that is INVALID: it costs each write, and no query may use it. */
export interface InvalidIndex {
  readonly oid: string;
  /** As SQL names it, with its schema. */
  readonly name: string;
  /** Its name alone, as it is. */
  readonly index: string;
  /** Whether the statement in question leaves such a one. */
  readonly own: boolean;
}

/** Whose session it was, and what its index is called. */
export interface WhoseIndex {
  readonly url: string;
  readonly runId: string;
  readonly pid: number;
  /** When that process began: another one may have its number by now. */
  readonly beganAt: string;
  readonly signal: AbortSignal;
}

/** Which INVALID indexes are a statement's. */
export interface Whose {
  among(found: readonly InvalidIndex[]): readonly InvalidIndex[];
}

/** What became of what was found, as sentences. */
export interface Removal {
  readonly cleaned: readonly string[];
  readonly left: readonly string[];
}

/** So long the removal may wait for transactions that are older. It keeps nobody from reading or writing meanwhile. */
const REMOVAL_MS = 10_000;
/** The same where a user wants to leave. */
const HURRIED_MS = 2_500;
/** The server may need a moment to end what was cancelled or has lost its client. */
const END_MS = 2_000;

/**
 * INVALID indexes that nobody else is building.
 * @param pid of the session that may have built one
 * @param index for whose sake; null: nobody's
 */
export async function invalidIndexes(
  client: Client,
  pid: number,
  index: string | null = null,
): Promise<readonly InvalidIndex[]> {
  return (await client.query<InvalidIndex>(migrateSql("invalid_indexes.sql"), [pid, index])).rows;
}

/** What takes an index away without keeping anyone out. */
export function dropCommand(name: string): string {
  return `DROP INDEX CONCURRENTLY IF EXISTS ${name};`;
}

/**
 * Removes what a failed statement with CONCURRENTLY has left of its index, over a session of its own: the statement's
 * may be gone. Never throws.
 * @param whose says which of those with the index's name are the statement's
 */
export async function removeInvalid(
  { url, runId, pid, beganAt, signal }: WhoseIndex,
  index: string,
  whose: Whose,
): Promise<Removal> {
  const limitMs = signal.aborted ? HURRIED_MS : REMOVAL_MS;
  try {
    return await afterwards({ url, runId, limitMs, signal }, async (client) => {
      await asLogin(client, () => untilEnded(client, pid, beganAt));
      const found = whose.among((await invalidIndexes(client, pid, index)).filter(({ own }) => own));
      const removed = [];
      for (const { name } of found) removed.push(await remove(client, name));
      return {
        cleaned: removed.flatMap(({ cleaned }) => cleaned),
        left: removed.flatMap(({ left }) => left),
      };
    });
  } catch (error) {
    const said = (error as Error).message;
    return {
      cleaned: [],
      left: [`An INVALID index ${index} may be left (${said}). Remove it: ${dropCommand(index)}`],
    };
  }
}

async function remove(client: Client, name: string): Promise<Removal> {
  try {
    await client.query(`DROP INDEX CONCURRENTLY IF EXISTS ${name}`);
    return { cleaned: [`The INVALID index ${name} was removed.`], left: [] };
  } catch (error) {
    const code = codeOf(error);
    const said = `${(error as Error).message}${code === null ? "" : `, SQLSTATE ${code}`}`;
    return {
      cleaned: [],
      left: [
        `The index ${name} is INVALID and could not be removed (${said}): it slows writes down and serves no query. ` +
        `Remove it: ${dropCommand(name)}`,
      ],
    };
  }
}

/** Waits until a session runs nothing any more, and ends it where that takes too long. */
async function untilEnded(client: Client, pid: number, beganAt: string): Promise<void> {
  const deadlineMs = performance.now() + END_MS;
  const active = async () =>
    (await client.query<{ active: boolean }>(migrateSql("still_active.sql"), [pid, beganAt])).rows[0]!.active;
  while (await active()) {
    if (performance.now() > deadlineMs) {
      await client.query(migrateSql("end_session.sql"), [pid, beganAt, END_MS]).catch(() => {});
      return;
    }
    await sleep(50);
  }
}
