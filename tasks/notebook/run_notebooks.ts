import { basename } from "node:path";
import { BenchbookError, ExitCode, InterruptedError } from "../model/errors.ts";
import { counted, formatSeconds } from "../model/units.ts";
import { declaredParameters, type ParameterValue, readNotebook } from "./ipynb.ts";
import { listNotebooks, runCells } from "./run.ts";

export interface RunAllOptions {
  readonly directory: string;
  /** Each notebook gets those that it declares. */
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Takes one line for each notebook as it ends. */
  readonly print: (line: string) => void;
}

/**
 * Runs every notebook of a directory, also after one has failed, and prints how each went.
 * @returns `ok`, or the exit code of the first failure.
 * @throws {InterruptedError} when `signal` aborts.
 */
export async function runAll(options: RunAllOptions): Promise<ExitCode> {
  const files = await listNotebooks(options.directory);
  const names = files.map((file) => basename(file));
  const width = Math.max(0, ...names.map((name) => name.length));
  let exitCode: ExitCode = ExitCode.ok;
  for (const [i, file] of files.entries()) {
    const name = names[i]!.padEnd(width);
    try {
      const notebook = await readNotebook(file);
      const declared = declaredParameters(notebook);
      const parameters = Object.fromEntries(
        Object.entries(options.parameters).filter(([key]) => declared.includes(key)),
      );
      const { timeoutMs, signal } = options;
      const { cells, seconds } = await runCells(notebook, {
        file,
        parameters,
        timeoutMs,
        ...(signal && { signal }),
      });
      options.print(`✓ ${name}  ok      ${counted(cells.length, "cell")}, ${formatSeconds(seconds)}`);
    } catch (error) {
      if (!(error instanceof BenchbookError) || error instanceof InterruptedError) throw error;
      options.print(`✗ ${name}  failed  ${error.message}`);
      if (error.next !== undefined) options.print(`  ${error.next}`);
      if (exitCode === ExitCode.ok) exitCode = error.exitCode;
    }
  }
  if (exitCode === ExitCode.ok && files.length > 0) {
    options.print("Every cell ran without an error. Outputs are not kept: the report has the figures.");
  }
  if (files.length === 0) options.print(`No notebooks in ${options.directory}`);
  return exitCode;
}
