import { randomUUID } from "node:crypto";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import {
  cellsWithoutId,
  checkStripped,
  type Notebook,
  PARAMETERS_TAG,
  readNotebook,
  sourceOf,
  tagsOf,
} from "./ipynb.ts";
import { type Diagnostic, parseCheckOutput, parseLintOutput } from "./diagnostics.ts";
import { denoCommand } from "./deno_command.ts";

/** Something wrong with a notebook that can be seen without running it. */
export interface Problem {
  /** The notebook; or another file of the project that its cells import. */
  readonly file: string;
  /** 0-based position in the notebook; null where the problem lies in no cell. */
  readonly cell: number | null;
  /** 1-based, within the cell; null where it is about the whole cell. */
  readonly line: number | null;
  /** TS and a number, a lint rule's name, `syntax`, `import`, `outputs`, `execution_count` or `id`. */
  readonly code: string;
  readonly message: string;
}

/** A notebook's code cells as one module. */
export interface CellModule {
  readonly text: string;
  /** The place of a 1-based line of the module, or null for a line between cells. */
  place(line: number): { readonly cell: number; readonly line: number } | null;
}

/**
 * Type-checks and lints the cells of notebooks and reports what a committed
 * notebook must not have: outputs, or cells without the ids that Jupyter demands.
 * The modules are written beside the notebooks for that time, so that relative imports hold.
 * @throws {UsageError} when a file is no notebook.
 */
export async function checkNotebooks(files: readonly string[]): Promise<Problem[]> {
  if (files.length === 0) return [];
  const problems: Problem[] = [];
  const modules: { file: string; notebook: Notebook; path: string; module: CellModule }[] = [];
  for (const file of files) {
    const notebook = await readNotebook(file);
    for (const { cell, what } of checkStripped(notebook)) {
      const message = `a committed notebook has no ${what === "outputs" ? "outputs" : "execution counts"}`;
      problems.push({ file, cell, line: null, code: what, message });
    }
    for (const cell of cellsWithoutId(notebook)) {
      const message = "since format 4.5 each cell needs an id of its own";
      problems.push({ file, cell, line: null, code: "id", message });
    }
    const path = join(dirname(file), `.check-${randomUUID()}-${basename(file, ".ipynb")}.tsx`);
    modules.push({ file, notebook, path, module: cellModule(notebook) });
  }
  try {
    await Promise.all(modules.map(({ path, module }) => Deno.writeTextFile(path, module.text)));
    const paths = modules.map(({ path }) => path);
    const cwd = dirname(files[0]!);
    // One after the other: each of them uses all cores.
    const diagnostics = [
      ...parseCheckOutput(await denoCommand(["check", ...paths], cwd)),
      ...parseLintOutput(await denoCommand(["lint", "--json", ...paths], cwd)),
    ];
    for (const diagnostic of diagnostics) {
      const found = modules.find(({ path }) => diagnostic.url === pathToFileURL(path).href);
      const problem = place(diagnostic, found);
      if (problem !== null && !said(problems, problem)) problems.push(problem);
    }
  } finally {
    for (const { path } of modules) await Deno.remove(path).catch(() => {});
  }
  return problems;
}

/** A problem as one line: `first-look.ipynb, cell 3, line 2: TS2322: Type …`. */
export function formatProblem({ file, cell, line, code, message }: Problem): string {
  const where = [basename(file), ...(cell === null ? [] : [`cell ${cell + 1}`])];
  if (line !== null) where.push(`line ${line}`);
  return `${where.join(", ")}: ${code}: ${message}`;
}

/** Puts a notebook's code cells one after the other into one TypeScript module. */
export function cellModule(notebook: Notebook): CellModule {
  const lines: string[] = [];
  const starts: { readonly cell: number; readonly first: number; readonly last: number }[] = [];
  for (const [cell, content] of notebook.cells.entries()) {
    if (content.cell_type !== "code") continue;
    const source = sourceOf(content).split("\n");
    starts.push({ cell, first: lines.length + 1, last: lines.length + source.length });
    lines.push(...source);
  }
  // Without an import or export it would be a script, in which top-level await is an error.
  const text = [...lines, "export {};", ""].join("\n");
  return {
    text,
    place: (line) => {
      const start = starts.find(({ first, last }) => first <= line && line <= last);
      return start === undefined ? null : { cell: start.cell, line: line - start.first + 1 };
    },
  };
}

function place(
  diagnostic: Diagnostic,
  found: { file: string; notebook: Notebook; module: CellModule } | undefined,
): Problem | null {
  const { code, message, line } = diagnostic;
  if (found === undefined) return { file: diagnostic.url ?? "notebooks", cell: null, line, code, message };
  const at = line === null ? null : found.module.place(line);
  const { file, notebook } = found;
  if (at === null) return { file, cell: null, line: null, code, message };
  // Parameters are assigned by the runner, which the linter cannot see.
  if (code === "prefer-const" && tagsOf(notebook.cells[at.cell]!).includes(PARAMETERS_TAG)) return null;
  return { file, cell: at.cell, line: at.line, code, message };
}

/** The compiler and the linter both tell of an unused name, and an unparsable file fails in both. */
function said(problems: readonly Problem[], problem: Problem): boolean {
  const twin = problem.code === "no-unused-vars" ? ["TS6133", "TS6196", "TS6192"] : [problem.code];
  return problems.some(({ file, cell, line, code }) =>
    file === problem.file && cell === problem.cell && line === problem.line && twin.includes(code)
  );
}
