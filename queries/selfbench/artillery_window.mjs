import process from "node:process";

/**
 * When Artillery's answers count: its users come one after the other in the first second, and a rate means something
 * only while all of them are at it. So each worker counts from a while after its first user's start, for so many
 * seconds, and its users go on for a while after that: another worker may have begun later.
 */
const COMING_MS = 1500;
const GOING_MS = 1000;
const seconds = Number(process.env.BENCHBOOK_SECONDS);

/** When this worker's first user started, ms; null before. */
let begun = null;

/** A user starts. */
export function begin() {
  begun ??= performance.now();
}

/** Counts a right answer, if it came while all users were at it. @returns whether it did */
export function count(events) {
  const now = performance.now();
  const counts = now >= begun + COMING_MS && now < begun + COMING_MS + seconds * 1000;
  if (counts) events.emit("counter", "benchbook.answers", 1);
  return counts;
}

/** Artillery's `whileTrue`: whether the user asks once more. */
export function goOn(_context, next) {
  next(performance.now() < begun + COMING_MS + seconds * 1000 + GOING_MS);
}
