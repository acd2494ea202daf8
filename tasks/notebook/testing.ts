/** Notebooks made on the spot, for tests. */
import { join } from "node:path";
import { type Notebook, type NotebookCell } from "./ipynb.ts";

/** A code cell. */
export function code(source: string, ...tags: string[]): NotebookCell {
  return { cell_type: "code", metadata: { tags }, source, outputs: [], execution_count: null };
}

/** A markdown cell. */
export function markdown(source: string): NotebookCell {
  return { cell_type: "markdown", metadata: {}, source };
}

/** A notebook of the Deno kernel with these cells. */
export function notebook(...cells: NotebookCell[]): Notebook {
  const metadata = { kernelspec: { name: "deno", display_name: "Deno", language: "typescript" } };
  const identified = cells.map((cell, i) => ({ id: `cell-${i + 1}`, ...cell }));
  return { nbformat: 4, nbformat_minor: 5, metadata, cells: identified };
}

/** A directory of its own that is removed when the test ends, also when it fails. */
export async function temporaryDirectory(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await Deno.makeTempDir({ prefix: "benchbook-notebook-test-" });
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }) };
}

/** Writes a notebook with these cells into a directory and gives its path. */
export async function writeNotebook(
  directory: string,
  name: string,
  ...cells: NotebookCell[]
): Promise<string> {
  const file = join(directory, name);
  await Deno.writeTextFile(file, JSON.stringify(notebook(...cells)));
  return file;
}
