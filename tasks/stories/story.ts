import type { RunSummary } from "../model/summary.ts";
import type { Workbench } from "../pipeline/testing.ts";
import type { PseudoTerminal } from "../testing/pseudo_terminal.ts";

/** Something that README or docs promise: a command as a user types it, and what must come of it. */
export interface Story {
  /** What is promised, as a sentence. */
  readonly promise: string;
  /**
   * What is typed in the checkout, for a shell: options and tasks that have a story are found in it. $MINE is a folder
   * for files of the user's.
   */
  readonly typed: string;
  /** The command of the pages that this is, where `typed` adds what makes it short. */
  readonly shown?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What is done before it is typed. */
  readonly prepare?: (place: Place) => unknown;
  /**
   * The exit code that is right, where no run is INVALID by the load on the machine. Of a run that measures, the verdict,
   * which its exit code must agree with; see `assertMeasured`.
   */
  readonly ends: number | WantedVerdict;
  /** What a user does at the terminal; without it there is no terminal. */
  readonly atTerminal?: (terminal: PseudoTerminal, place: Place) => Promise<unknown>;
  /** Services of Benchbook's stay on purpose. */
  readonly keepsServices?: true;
  /** What it is there to change on a server of the user's, as differences are written. */
  readonly changes?: RegExp;
  /** Further judgement of what was said and of what is there afterwards. */
  readonly judge: (ended: Ended, place: Place) => unknown;
}

/**
 * Of a run; "no target": nothing was to be held. "judged": its targets of response time hold, are missed or cannot be
 * judged, as the machine happens to be fast, and all others hold. "migrated": its steps were all done and every row is what
 * it must be; what users felt of it is for the machine to say.
 */
export type WantedVerdict = "pass" | "fail" | "inconclusive" | "no target" | "judged" | "migrated";

/** How a command ended and what it said; at a terminal all of it is in `stdout`. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, for sentences that may stand in either. */
  readonly said: string;
  /** Of the run that ended, from `--json` or the store. @throws {Error} where there was none */
  readonly summary: RunSummary;
}

/** Where stories happen: what was typed before is there. */
export interface Place {
  readonly bench: Workbench;
  /** The checkout in which commands are typed. */
  readonly root: string;
  /** $MINE of the commands. */
  readonly mine: string;
  /** Types another command, for what a story compares with. */
  type(typed: string, env?: Readonly<Record<string, string>>): Promise<Ended>;
}

/** The options in a command line, as they were written. */
export function optionsIn(typed: string): string[] {
  return [...typed.matchAll(/(?<=\s)(--[a-z][a-z-]*|-[a-z])(?=[\s=]|$)/g)].map(([option]) => option);
}

/** The tasks of a shell line, each with the words that follow its name up to the next command. */
export function tasksIn(typed: string): { readonly task: string; readonly words: string }[] {
  return [...typed.matchAll(/\bdeno task ([a-z:]+)([^;&|]*|$)/g)].map(([, task, words]) => ({
    task: task!,
    words: words!,
  }));
}
