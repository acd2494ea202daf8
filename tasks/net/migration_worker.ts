/// <reference lib="deno.worker" />
import { pin, unpin } from "./cpus.ts";
import { monotonicUs } from "./clock.ts";
import { askForShortSlice } from "./priority.ts";
import { ScheduleBoard } from "./schedule_board.ts";

/**
 * Thread migration: a thread that has to wait for its core is moved, when it is overdue, to the core of this one, which
 * sleeps again at once. Linux does not do that by itself on a machine of two or three cores. It looks for an idle
 * core only while such a machine has little to do, and at a thread that waits only at the next tick, up to 4 ms
 * later. Both threads are kept to one core each, and never to the same one.
 */
export interface MigrationOrder {
  /** Of a `ScheduleBoard`. */
  readonly memory: SharedArrayBuffer;
  /** At least two. The thread begins on the first. */
  readonly cpus: readonly number[];
}

declare const self: DedicatedWorkerGlobalScope;

/** A thread that is due is left so long: moving one that is about to run would only delay it. */
const PATIENCE_US = 200;
/** A turn that takes longer than this is one that was interrupted. */
const LONGEST_TURN_US = 400;
/** Between two looks, however much is due. */
const REST_US = 400;

self.onmessage = ({ data: { memory, cpus } }: MessageEvent<MigrationOrder>) => {
  const board = new ScheduleBoard(memory);
  const thread = board.joined();
  if (thread !== null) watch(board, thread, cpus);
  // Nobody is to believe that it goes on.
  board.stop();
  self.close();
};

function watch(board: ScheduleBoard, thread: number, cpus: readonly number[]): void {
  let own = 0;
  const giveCore = () => {
    const given = pin(thread, cpus[own]!);
    own = (own + 1) % cpus.length;
    if (given && pin(0, cpus[own]!)) return true;
    // A thread or a core is gone: there is nothing left to give, and Linux chooses.
    const kept = unpin(thread, cpus);
    if (kept !== null) self.postMessage(kept);
    return false;
  };
  if (!giveCore()) return;
  let servedUs = NaN;
  while (!board.stopped) {
    const { dueUs, wokeUs } = board;
    const nowUs = monotonicUs();
    // Once is enough: what is late after that does not wait for a core.
    const overdueUs = dueUs === servedUs ? Infinity : dueUs + PATIENCE_US;
    const lookUs = wokeUs === 0 ? overdueUs : Math.max(overdueUs, wokeUs + LONGEST_TURN_US);
    if (lookUs > nowUs) {
      board.sleep(dueUs, dueUs === servedUs ? REST_US : Math.max(lookUs - nowUs, REST_US));
      continue;
    }
    servedUs = dueUs;
    if (!giveCore()) return;
    board.moved();
  }
}

askForShortSlice();
// Loading takes a good part of a second on a cold machine: nothing may count on it before it is done.
self.postMessage("ready");
