import { accessSync, constants, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import process from "node:process";
import { anySignal } from "../net/any_signal.ts";
import { atExit } from "../files/at_exit.ts";
import { childEnvironment } from "./child_environment.ts";

/** The path of the first of these programs that PATH leads to, or null. */
export function findProgram(...names: readonly string[]): string | null {
  for (const name of names) {
    for (const folder of (process.env.PATH ?? "").split(delimiter)) {
      const path = join(folder, name);
      if (folder !== "" && isExecutable(path)) return path;
    }
  }
  return null;
}

/** True when `path` is a file that we may execute. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** What a finished program left: its exit code and its output, stderr after stdout. */
export interface ProgramResult {
  readonly code: number;
  readonly stdout: string;
  readonly output: string;
}

/**
 * Runs a program to its end with a time limit; it does not outlive this process. A program that cannot start gives
 * code 127.
 */
export async function runProgram(
  command: string,
  args: readonly string[],
  options: { cwd?: string; env?: Record<string, string>; timeoutMs?: number; signal?: AbortSignal } = {},
): Promise<ProgramResult> {
  try {
    const child = new Deno.Command(command, {
      args: [...args],
      cwd: options.cwd,
      env: childEnvironment(options.env),
      clearEnv: true,
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
      signal: anySignal(AbortSignal.timeout(options.timeoutMs ?? 60_000), options.signal),
    }).spawn();
    const forget = atExit(() => child.kill("SIGKILL"));
    const { code, stdout, stderr } = await child.output().finally(forget);
    const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { code, stdout: decode(stdout), output: decode(stdout) + decode(stderr) };
  } catch (error) {
    return { code: 127, stdout: "", output: (error as Error).message };
  }
}
