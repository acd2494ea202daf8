import process from "node:process";
import { writeSync } from "node:fs";

/** The other side is gone: a terminal that was closed (EIO), a pipe that nobody reads any more (EPIPE). */
const GONE = new Set(["EIO", "EPIPE"]);

/**
 * Keeps a task going when nobody listens to it any more. Otherwise the first line after a terminal was closed
 * would throw, out of whatever was just being taken back or stopped.
 */
export function outliveOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (!GONE.has(error.code ?? "")) throw error;
    });
  }
  const log = console.log;
  console.log = (...words: unknown[]) => {
    try {
      log(...words);
    } catch (error) {
      if (!GONE.has((error as NodeJS.ErrnoException).code ?? "")) throw error;
    }
  };
  // Where an error cannot be said there is nobody to tell that it cannot.
  for (const method of ["error", "warn"] as const) {
    const original = console[method];
    console[method] = (...words: unknown[]) => {
      try {
        original(...words);
      } catch {
        // See above.
      }
    };
  }
}

/** Shows the cursor again that a step list hides while it works. */
export function showCursor(): void {
  for (const stream of [process.stdout, process.stderr]) {
    if (!stream.isTTY) continue;
    try {
      writeSync(stream.fd, "\x1b[?25h");
    } catch {
      // The terminal is gone.
    }
  }
}
