import { formatSeconds } from "../model/units.ts";
import type { Unhandled } from "./inside.ts";
import type { Message } from "./messages.ts";
import { type KernelError, kernelError } from "./outputs.ts";

/** Why a cell did not end well. */
export interface CellFailure {
  /**
   * error: it threw; syntax: it could not be parsed; unhandled: a promise or a timer failed and nothing
   * caught it; timeout: it took too long; flood: it put out, or took, too much; died: the kernel ended by itself.
   * After the last three the kernel is gone.
   */
  readonly kind: "error" | "syntax" | "unhandled" | "timeout" | "flood" | "died";
  readonly name: string;
  readonly message: string;
  /** Lines of a stack trace; positions within cells are those of transpiled code. */
  readonly traceback: readonly string[];
}

/** What the kernel's reply, the errors that it broadcast and those that nothing caught come to. */
export function failureOf(
  reply: Message,
  broadcast: readonly KernelError[],
  unhandled: readonly Unhandled[],
): CellFailure | null {
  // An error while a result is displayed is broadcast only; a syntax error is in the reply only.
  const replied = reply.content.status === "error" ? kernelError(reply.content) : undefined;
  const error = broadcast[0] ?? replied;
  if (error !== undefined) {
    const syntax = error.message === "Execution failed" && error.traceback.length === 0;
    return { kind: syntax ? "syntax" : "error", ...error };
  }
  const first = unhandled[0];
  if (first === undefined) return null;
  return { kind: "unhandled", name: first.name, message: first.message, traceback: first.traceback };
}

/** A cell that was still running after its time. */
export function tookTooLong(timeoutMs: number): CellFailure {
  const message = `it did not end within ${formatSeconds(timeoutMs / 1000)}`;
  return { kind: "timeout", name: "Timeout", message, traceback: [] };
}

/** A cell whose outputs would fill the memory. */
export function putOutTooMuch(bytes: number): CellFailure {
  const message = `it printed and displayed more than ${bytes / 2 ** 20} MiB`;
  return { kind: "flood", name: "Flood", message, traceback: [] };
}

/** A cell that would leave no memory to anybody else. */
export function tookTooMuch(bytes: number): CellFailure {
  const message = `it took more than ${Math.round(bytes / 2 ** 20)} MiB of memory`;
  return { kind: "flood", name: "Flood", message, traceback: [] };
}

/** A cell during which the kernel ended; `why` may be empty. */
export function kernelDied(code: number, signal: string | null, why: string): CellFailure {
  const how = signal === null ? `exit code ${code}` : signal;
  const message = `the kernel ended (${how}${why === "" ? "" : `: ${why}`})`;
  return { kind: "died", name: "KernelDied", message, traceback: [] };
}
