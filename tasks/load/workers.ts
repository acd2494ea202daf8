import { availableParallelism } from "node:os";

/**
 * Generator threads where nobody says how many. An open loop leaves half of the cores to the system under test, so that
 * its requests leave on time. A closed loop has nothing to be late for, and its clients wait for each other within a
 * thread: it takes two threads from two cores on.
 */
export function defaultWorkers(
  loop: "open" | "closed",
  connections: number,
  cores: number = availableParallelism(),
): number {
  const half = Math.floor(cores / 2);
  return Math.max(1, Math.min(connections, loop === "open" ? half : Math.max(half, Math.min(2, cores))));
}
