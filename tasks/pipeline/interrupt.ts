import { formatSeconds } from "../model/units.ts";
import process from "node:process";
import { optional } from "../files/optional.ts";
import { ExitCode } from "../model/errors.ts";
import { debts, leftNow, whenPaid } from "../model/owed.ts";
import { sinceProgressMs } from "../model/progressed.ts";
import { killOwnServices } from "../stack/state.ts";
import { pendingSpools } from "../store/spool.ts";
import { killLaunched, self } from "../stack/process.ts";
import { showCursor } from "../terminal/output.ts";
import { complaint, decideExitCode, reportError } from "../terminal/command.ts";
import { usersFault } from "../user_code/guards.ts";
import { onStrayError } from "../user_code/stray_errors.ts";

/**
 * Signals nearer to the one before than this come from one press: a terminal signals every process of the
 * foreground group, and `deno task` hands each signal on again. A key that is held down repeats faster, too.
 */
const PRESS_MS = 500;
/** A task that was asked to end has ended in order within so long, or leaves as if it had been asked twice. */
const ORDER_MS = 4_500;
/** Unless a step of what it has to do was done within this time: then it goes on, as a busy machine does, … */
const STEP_MS = 4_000;
/** … but not beyond this. */
const MOST_MS = 20_000;
const LOOK_MS = 100;
/** What must not be left behind gets so long when the user wants to leave at once. */
const LEAVE_MS = 5_000;
const LEAVE = formatSeconds(LEAVE_MS / 1000);
/** Where nobody waits for it, or can press a second time, it ends in order within so long, or at once. */
const UNASKED_MS = 60_000;

const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT"] as const;
type Ending = typeof SIGNALS[number];

/** Aborts when the user wants the task to end. */
export interface Interrupt extends Disposable {
  readonly signal: AbortSignal;
}

/**
 * Ends a task on Ctrl-C, Ctrl-\, SIGTERM, and when the terminal is closed. The first press lets it end in order:
 * rows are stored, writes taken back, services stopped; where that does not get on, because a server has stopped
 * answering or somebody's lock stands against it, it leaves all the same within five seconds. The second leaves as soon
 * as nothing is owed any more, and after five seconds in any case; so does Ctrl-\ at once. The third does not wait.
 * Services never outlive the task.
 * @param onFirst told of the first press, where that is how the task is meant to end: true takes it, and what comes next counts
 * as the first
 */
export function interruptSignal(home: string, onFirst: () => boolean = () => false): Interrupt {
  const controller = new AbortController();
  const isFirst = firstPress(onFirst);
  let [stage, lastMs] = [0, -Infinity];
  let limit: ReturnType<typeof setTimeout> | undefined;
  let order: ReturnType<typeof setInterval> | undefined;
  const hurry = () => {
    stage = 2;
    if (debts().length > 0) {
      say(`Exiting once everything is cleaned up, within ${LEAVE} … (again: exit now)`);
    }
    const leaveIfFree = () => {
      if (debts().length === 0) leave(home);
    };
    whenPaid(leaveIfFree);
    clearTimeout(limit);
    clearInterval(order);
    limit = setTimeout(() => leave(home), LEAVE_MS);
    leaveIfFree();
  };
  const onSignal = (name: Ending) => {
    const nowMs = performance.now();
    const samePress = nowMs - lastMs < PRESS_MS;
    lastMs = nowMs;
    if (stage === 0 && isFirst(name, samePress)) return;
    decideExitCode(ExitCode.interrupted);
    if (name === "SIGHUP") limit ??= setTimeout(() => leave(home), UNASKED_MS);
    // A terminal that goes away says so several times, and nobody is there who could mean more by it.
    if (samePress || (name === "SIGHUP" && stage > 0)) return;
    if (stage === 0 && name !== "SIGQUIT") {
      stage = 1;
      say("Interrupted: stopping cleanly and keeping what was measured … (again: exit now)");
      controller.abort();
      // Nobody waits at a terminal that is gone.
      if (name !== "SIGHUP") order = leaveUnlessInOrder(home);
    } else if (stage < 2) {
      controller.abort();
      hurry();
    } else leave(home);
  };
  const unlisten = listen(onSignal);
  // One that nobody caught leaves no service running, and nothing unstored.
  const deafen = onStrayError((error) => {
    if (stage > 0) return;
    stage = 1;
    decideExitCode(reportError(usersFault(error) ?? error));
    controller.abort();
    limit ??= setTimeout(() => leave(home), UNASKED_MS);
  });
  return {
    signal: controller.signal,
    [Symbol.dispose]() {
      clearTimeout(limit);
      clearInterval(order);
      deafen();
      // A task that was interrupted is about to end: a late signal of the same press must not cut its last words.
      if (stage === 0) unlisten();
    },
  };
}

/** Asks for the first press whether somebody takes it. @returns whether a signal is of a press that was taken */
function firstPress(onFirst: () => boolean): (name: Ending, samePress: boolean) => boolean {
  let taken = false;
  return (name, samePress) => {
    if (taken) return samePress;
    taken = name !== "SIGQUIT" && onFirst();
    return taken;
  };
}

/** Gives a task that was asked to end its time, and leaves where it does not get on. @returns to be cleared */
function leaveUnlessInOrder(home: string): ReturnType<typeof setInterval> {
  const since = performance.now();
  return setInterval(() => {
    const passedMs = performance.now() - since;
    if (passedMs < ORDER_MS || (passedMs < MOST_MS && sinceProgressMs() < STEP_MS)) return;
    leave(home, `It did not end in order within ${formatSeconds(Math.round(passedMs / 1000))}.`);
  }, LOOK_MS);
}

/** Hears of all that ends a task. @returns ends that */
function listen(onSignal: (name: Ending) => void): () => void {
  const listeners: [Deno.Signal, () => void][] = SIGNALS
    .filter((name) => name !== "SIGHUP" || !ignoresHangup())
    .map((name) => [name, () => onSignal(name)]);
  // `deno task` does not stop with us: a task that did could not even be ended from its terminal any more.
  listeners.push([
    "SIGTSTP",
    () => say("Ctrl-Z is ignored: a suspended run would be invalid. Ctrl-C ends it."),
  ]);
  for (const [name, hear] of listeners) Deno.addSignalListener(name, hear);
  return () => {
    for (const [name, hear] of listeners) Deno.removeSignalListener(name, hear);
  };
}

/** Ends the process now, and says what it leaves behind. @param why nobody has asked for that */
function leave(home: string, ...why: readonly string[]): never {
  const { left } = killOwnServices(home);
  killLaunched();
  const me = self().startedAt;
  const spooled = pendingSpools(home).some(({ owner }) => owner?.startedAt === me);
  say(
    ...why,
    "Exited immediately.",
    ...leftNow(),
    ...left.map(({ name, process: { pid } }) =>
      `${name} still runs as process ${pid}: deno task down stops it.`
    ),
    ...(spooled ? ["What was measured is kept: the next deno task bench stores it."] : []),
  );
  showCursor();
  // Not Deno.exit: others want to hear of the end too, such as the one who has the browser.
  process.exit(decideExitCode(ExitCode.interrupted));
}

function say(...sentences: readonly string[]): void {
  console.error(complaint(`\n${sentences.join("\n")}`));
}

/** True where somebody (nohup) wants this process to outlive its terminal. */
function ignoresHangup(): boolean {
  const [, ignored = "0"] = /^SigIgn:\s*([0-9a-f]+)$/m.exec(optional("/proc/self/status") ?? "") ?? [];
  return (parseInt(ignored.slice(-1), 16) & 1) === 1;
}
