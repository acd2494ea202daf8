import type { ValidityCheck } from "../../model/validity.ts";
import { formatCount } from "../../model/units.ts";
import { sleep } from "../../net/sleep.ts";

/** What the process that makes the load may have to go through. */
export const CONDITIONS = ["healthy", "stopped", "starved", "saturated"] as const;
/** One of `CONDITIONS`. */
export type Condition = typeof CONDITIONS[number];

/** What befalls the process that makes the load, and what must be said of its run. */
export interface Disturbance {
  readonly name: Condition;
  readonly what: string;
  /** Added to the command line of `bench`. */
  readonly args: readonly string[];
  /** Seconds of a run, where a whole one would make far too many rows. */
  readonly seconds?: number;
  /** The rules of which one at least must be broken; none: the run must be valid. */
  readonly reasons: readonly ValidityCheck["name"][];
  /** Works on the process until the load is over or it has ended. Null: nothing is done to it. */
  readonly disturb: ((process: Stoppable, loadMs: number) => Promise<void>) | null;
}

/** A process that can be stopped and told to go on. @throws where it has ended */
export type Stoppable = Pick<Deno.ChildProcess, "kill">;

/** Far more than a generator can make. */
const IMPOSSIBLE_RATE = 300_000;
const STOP_MS = 300;
const STARVED_MS = 5;
const STARVED_EVERY_MS = 20;

/** Each way in which a generator can be hindered, and the one in which it is not. */
export const DISTURBANCES: readonly Disturbance[] = [
  { name: "healthy", what: "nothing is done to it", args: [], reasons: [], disturb: null },
  {
    name: "stopped",
    what: `its process is stopped once for ${STOP_MS} ms`,
    args: [],
    reasons: ["generator-gap"],
    disturb: async (process, loadMs) => {
      await pause(loadMs / 3);
      await standstill(process, STOP_MS);
    },
  },
  {
    name: "starved",
    what: `its process is stopped for ${STARVED_MS} of every ${STARVED_EVERY_MS} ms`,
    args: [],
    reasons: ["on-time", "arrivals"],
    disturb: async (process, loadMs) => {
      const until = performance.now() + loadMs;
      for (let next = performance.now(); next < until; next += STARVED_EVERY_MS) {
        await pause(next - performance.now());
        await standstill(process, STARVED_MS);
      }
    },
  },
  {
    name: "saturated",
    what: `${formatCount(IMPOSSIBLE_RATE)}/s are asked of it`,
    args: ["--rate", String(IMPOSSIBLE_RATE)],
    seconds: 2,
    reasons: ["on-time", "generator-gap"],
    disturb: null,
  },
];

/** A process that stands still ends by nothing but SIGKILL: it goes on whatever happens here. */
async function standstill(process: Stoppable, ms: number): Promise<void> {
  process.kill("SIGSTOP");
  try {
    await pause(ms);
  } finally {
    process.kill("SIGCONT");
  }
}

function pause(ms: number): Promise<void> {
  return sleep(Math.max(0, ms));
}
