import { isEmbedded, type Stack } from "../stack/services.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { takeBackLeftWrites } from "../undo/left_writes.ts";

export interface LeftWritesOptions {
  readonly home: string;
  readonly stack: Stack;
  /** A database of the stack's server. */
  readonly url: string;
  /** Whether the caller has the lock of that database. */
  readonly held: boolean;
  readonly signal: AbortSignal;
}

/** Takes back what runs that were killed have written, and says so, and what is left, before anything is done with it. */
export async function tellLeftWrites(
  { home, stack, url, held, signal }: LeftWritesOptions,
  terminal: Pick<Terminal, "print">,
): Promise<void> {
  const embedded = isEmbedded(stack.postgres);
  const { told, left } = await takeBackLeftWrites(home, { url, embedded, held, signal });
  for (const line of told) terminal.print(line);
  for (const line of left) terminal.print(`! ${line}`);
}
