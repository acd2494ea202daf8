import { libc, Linux } from "../net/libc.ts";
import { lendRealTime } from "../net/priority.ts";

const FINEST_NS = 1n;

/**
 * Starts a peer that waits as well as a generator thread does, so that their times can be compared. By default
 * Linux lets a sleeper sleep up to 50 µs longer than it asked for, to wake several at once, and a woken one wait for
 * the core that another has: both would be in the peer's times and not in ours. A child inherits timer slack and
 * priority from the thread that starts it.
 * @param start starts the program before it returns
 * @param onNote hears, as a sentence, what the system refused: the peer then waits less well than a generator does, or
 * this thread goes on otherwise than before
 */
export function asGenerator<T>(start: () => T, onNote: (sentence: string) => void): T {
  const symbols = libc();
  // Not the default: what a thread calls so is what its own parent had, and not always its own.
  const own = symbols?.prctl(Linux.timerSlack.get, 0n) ?? 0;
  const isFine = symbols?.prctl(Linux.timerSlack.set, FINEST_NS) === 0;
  if (!isFine) {
    onNote("What was started may sleep 50 µs longer than it asks for: the system keeps its timer slack.");
  }
  try {
    return lendRealTime(start, onNote);
  } finally {
    if (isFine && symbols!.prctl(Linux.timerSlack.set, BigInt(Math.max(0, own))) !== 0) {
      onNote("The timer slack of a thread of Benchbook's could not be set back.");
    }
  }
}
