import { basename, dirname, resolve } from "node:path";
import { ServiceError, UsageError } from "../model/errors.ts";
import { withoutPasswords } from "../model/service_url.ts";
import {
  injection,
  type Notebook,
  type ParameterValue,
  readNotebook,
  sourceOf,
  tagsOf,
  titleOf,
} from "./ipynb.ts";
import type { CellFailure } from "./failure.ts";
import { type CellExecution, Kernel } from "./kernel.ts";
import { locate, projectFrame } from "./locate.ts";
import type { Output } from "./outputs.ts";

export type { Output } from "./outputs.ts";

export interface RunCell {
  /** 0-based position in the notebook; people are told `index + 1`. */
  readonly index: number;
  readonly kind: "markdown" | "code";
  readonly source: string;
  readonly tags: readonly string[];
  /** Empty for markdown. In the order in which they arrived. */
  readonly outputs: readonly Output[];
}

/** A notebook that ran to its end. Plain data: it survives JSON. */
export interface NotebookRun {
  readonly file: string;
  readonly title: string;
  readonly cells: readonly RunCell[];
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  /** From the kernel's start to the last output. */
  readonly seconds: number;
}

export interface RunOptions {
  readonly file: string;
  /** Values for variables that the cell tagged `parameters` declares with `let`. */
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  /** For each cell; its kernel is killed when the cell takes longer. */
  readonly timeoutMs: number;
  /** Called after each cell. */
  readonly onCell?: (cell: RunCell, total: number) => void;
  readonly signal?: AbortSignal;
}

/** A notebook that did not run to its end: exit code 3. */
export class NotebookError extends ServiceError {
  override name = "NotebookError";
  constructor(
    message: string,
    /** Where it failed; `cell` is the 0-based position, `line` is 1-based within the cell, where known. */
    readonly place: { readonly file: string; readonly cell: number; readonly line: number | null },
    readonly failure: CellFailure,
    next: string,
  ) {
    super(message, next);
  }
}

/**
 * Runs a notebook's cells in order in a kernel of its own, whose working directory is the notebook's. The
 * file is not changed.
 * @throws {UsageError} when the file is no notebook or does not declare a parameter.
 * @throws {NotebookError} when a cell fails; the cells after it do not run.
 * @throws {InterruptedError} when `signal` aborts.
 */
export async function runNotebook(options: RunOptions): Promise<NotebookRun> {
  const notebook = await readNotebook(options.file);
  return runCells(notebook, options);
}

/** Like `runNotebook`, of a notebook that is already read. */
export async function runCells(notebook: Notebook, options: RunOptions): Promise<NotebookRun> {
  const file = resolve(options.file);
  const { parameters, timeoutMs, signal } = options;
  const injected = injection(notebook, file, parameters);
  const started = performance.now();
  await using kernel = await Kernel.start({ cwd: dirname(file), ...(signal && { signal }) });
  const execute = (code: string) => kernel.execute(code, { timeoutMs, ...(signal && { signal }) });
  const cells: RunCell[] = [];
  for (const [index, cell] of notebook.cells.entries()) {
    if (cell.cell_type === "raw") continue;
    const source = sourceOf(cell);
    const tags = tagsOf(cell);
    let outputs: readonly Output[] = [];
    if (cell.cell_type === "code" && source.trim() !== "") {
      outputs = await outputsOf(await execute(source), { file, index, source });
      if (index === injected?.after) {
        await outputsOf(await execute(injected.code), { file, index, source: injected.code });
      }
    }
    const done: RunCell = { index, kind: cell.cell_type, source, tags, outputs };
    cells.push(done);
    options.onCell?.(done, notebook.cells.length);
  }
  const seconds = (performance.now() - started) / 1000;
  return { file, title: titleOf(notebook, file), cells, parameters, seconds };
}

/** The notebooks of a directory, by name. */
export async function listNotebooks(directory: string): Promise<string[]> {
  const files: string[] = [];
  try {
    for await (const entry of Deno.readDir(directory)) {
      // Checkpoints and editors' copies begin with a dot.
      if (entry.isFile && entry.name.endsWith(".ipynb") && !entry.name.startsWith(".")) {
        files.push(resolve(directory, entry.name));
      }
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new UsageError(`Cannot list notebooks in ${directory}: there is no such directory`);
  }
  return files.sort();
}

async function outputsOf(
  execution: CellExecution,
  at: { readonly file: string; readonly index: number; readonly source: string },
): Promise<readonly Output[]> {
  const { failure, outputs } = execution;
  if (failure === null) return outputs;
  const location = await locate(at.source, failure);
  const firstLine = at.source.split("\n").find((line) => line.trim() !== "")?.trim() ?? "";
  const where = location === null
    ? `cell ${at.index + 1}, which begins "${clip(firstLine)}",`
    : `cell ${at.index + 1}, line ${location.line} "${clip(location.text)}",`;
  const deeper = projectFrame(failure.traceback);
  const thrown = deeper === null ? "" : ` (thrown at ${deeper})`;
  throw new NotebookError(
    `Cannot run ${basename(at.file)} to its end: ${where} ${what(failure, location?.syntax)}${thrown}`,
    { file: at.file, cell: at.index, line: location?.line ?? null },
    failure,
    "Fix that cell, then try it with `deno task notebook --run`.",
  );
}

function what(failure: CellFailure, syntax: string | undefined): string {
  const said = failure.message === ""
    ? failure.name
    : `${failure.name}: ${withoutPasswords(failure.message)}`;
  switch (failure.kind) {
    case "error":
      return `threw ${said}`;
    case "syntax":
      // V8 collects a promise that nothing can settle, and the kernel answers as it does to what it cannot parse.
      return syntax === undefined
        ? "did not end: the kernel gave it up, as it does with a promise that nothing can settle"
        : `cannot be parsed: ${syntax}`;
    case "unhandled":
      return `left an error unhandled: ${said}`;
    case "timeout":
    case "flood":
    case "died":
      return `did not end: ${failure.message}`;
  }
}

function clip(text: string): string {
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
