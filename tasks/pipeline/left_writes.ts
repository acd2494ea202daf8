import { dropLeftClones } from "../clone/left_clones.ts";
import { isAlive } from "../stack/process.ts";
import { isEmbedded, type Stack } from "../stack/services.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { leftMoves } from "./left_moves.ts";
import { LeftLedgers } from "./left_ledgers.ts";
import { keptRecords } from "../undo/journal.ts";
import { takeBackLeftWrites } from "../undo/left_writes.ts";

export interface LeftWritesOptions {
  readonly home: string;
  readonly stack: Stack;
  /** A database of the stack's server. */
  readonly url: string;
  /** Whether the caller has the lock of that database, and of the others. */
  readonly held: boolean;
  /** Databases of arms, on whatever servers: URLs, which may hold passwords. */
  readonly others?: readonly string[];
  readonly signal: AbortSignal;
}

/**
 * Removes what moves that were killed have left, and says so, and what is left, before anything is looked at: their fence
 * lets nobody write, their publications look like somebody's, and a database that has a subscription cannot be dropped.
 */
export async function tellLeftMoves(
  { home, stack, signal }: Pick<LeftWritesOptions, "home" | "stack" | "signal">,
  terminal: Pick<Terminal, "print">,
): Promise<void> {
  await tellAll(terminal, async (told) => {
    const ledgers = new LeftLedgers(home, signal, told);
    return (await leftMoves(home, stack, ledgers.lookMoved, told)).left;
  });
}

/**
 * Takes back what runs that were killed have written and drops what they have cloned, each after a last look at it, and says
 * so, and what is left, before anything is done with the database. `tellLeftMoves` comes first.
 */
export async function tellLeftWrites(
  { home, stack, url, held, others, signal }: LeftWritesOptions,
  terminal: Pick<Terminal, "print">,
): Promise<void> {
  await tellAll(terminal, async (told) => {
    const embedded = isEmbedded(stack.postgres);
    const ledgers = new LeftLedgers(home, signal, told);
    const copies = await copiesIn(home, stack);
    const look = ledgers.lookInPlace;
    const asked = { url, embedded, held, others, copies, signal, look, told };
    const writes = await takeBackLeftWrites(home, asked);
    const clones = await dropLeftClones(home, { url, embedded, held, look: ledgers.look, told });
    await ledgers.forgetOthers();
    return [...writes.left, ...clones.left];
  });
}

/**
 * Prints what was done, also where it is interrupted: the next start says nothing of it.
 * @param work gives what is left, and tells what it has done
 * @returns what is left
 */
export async function tellAll(
  terminal: Pick<Terminal, "print">,
  work: (told: string[]) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  const told: string[] = [];
  let left: readonly string[] = [];
  try {
    left = await work(told);
  } finally {
    for (const line of told) terminal.print(line);
  }
  for (const line of left) terminal.print(`! ${line}`);
  return left;
}

/** The user's new server, where something may be left in a copy of theirs. */
export async function copiesIn(home: string, stack: Stack): Promise<readonly string[]> {
  if (!(await keptRecords(home)).records.some(({ copy, owner }) => copy && !isAlive(owner))) return [];
  const target = await stack.cluster("target").catch(() => null);
  return target === null || isEmbedded(target) ? [] : [target.adminUrl];
}
