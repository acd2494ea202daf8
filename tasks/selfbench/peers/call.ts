import { InterruptedError, ServiceError } from "../../model/errors.ts";
import { type ProgramResult, runProgram } from "../../stack/programs.ts";
import type { PeerRate, Turn } from "./peer.ts";

/** What a peer needs besides its turn to start, load its script and write its report, ms. */
const MARGIN_MS = 60_000;

/** A peer's program and its first arguments, and what it is told by the environment. */
export interface Call {
  readonly name: string;
  readonly command: readonly string[];
  /** Passwords go here: a command line can be seen by everyone. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a peer to its end. @throws {ServiceError} with the last it said when it failed @throws {InterruptedError} */
export async function callPeer(
  { name, command, env }: Call,
  args: readonly (string | number)[],
  { seconds, signal }: Pick<Turn, "seconds" | "signal">,
): Promise<ProgramResult> {
  const outcome = await runProgram(command[0]!, [...command.slice(1), ...args].map(String), {
    env: { ...env },
    timeoutMs: seconds * 1000 + MARGIN_MS,
    signal,
  });
  if (signal.aborted) throw new InterruptedError();
  if (outcome.code !== 0) throw peerFailed(name, lastLine(outcome.output));
  return outcome;
}

/** The rate of a peer all of whose answers were right. @throws {ServiceError} for any other */
export function rateOf(name: string, measured: PeerRate): number {
  if ("failure" in measured) throw peerFailed(name, measured.failure);
  return measured.rate;
}

/** The last that a program said. */
export function lastLine(output: string): string {
  return output.trim().split("\n").at(-1)!;
}

/** A peer whose answers do not count ends the part: a ratio to a peer that fails would flatter us. */
function peerFailed(name: string, why: string): ServiceError {
  return new ServiceError(
    `Cannot measure with ${name}: ${why}`,
    `Fix it, or take ${name} off PATH to measure without it.`,
  );
}
