import { isRecord } from "../model/record.ts";
import { basename } from "node:path";
import { UsageError } from "../model/errors.ts";
import { hint } from "../model/suggest.ts";

/** A notebook of format 4 (https://nbformat.readthedocs.io/): what is used here; other fields are kept. */
export interface Notebook {
  readonly nbformat: 4;
  readonly nbformat_minor: number;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly cells: readonly NotebookCell[];
}

export interface NotebookCell {
  /** Demanded since format 4.5. */
  readonly id?: string;
  readonly cell_type: "code" | "markdown" | "raw";
  readonly metadata: Readonly<Record<string, unknown>>;
  /** One text, or its lines with their line ends, as the format allows both. */
  readonly source: string | readonly string[];
  /** Code cells only. */
  readonly outputs?: readonly unknown[];
  readonly execution_count?: number | null;
}

/** A value of a parameter. */
export type ParameterValue = string | number | boolean;

/** The tag of the cell that declares a notebook's parameters, as papermill names it. */
export const PARAMETERS_TAG = "parameters";

/**
 * Reads a notebook.
 * @throws {UsageError} when the file is absent or is no notebook of format 4, naming the field at fault.
 */
export async function readNotebook(file: string): Promise<Notebook> {
  return parseNotebook(await readNotebookText(file), file);
}

/** A notebook's text. Throws a UsageError when the file is absent. */
export async function readNotebookText(file: string): Promise<string> {
  try {
    return await Deno.readTextFile(file);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw new UsageError(`Cannot read the notebook ${file}: there is no such file`);
  }
}

/** Parses a notebook's text; `file` is for messages. Throws as `readNotebook`. */
export function parseNotebook(text: string, file: string): Notebook {
  const wrong = (what: string): never => {
    throw new UsageError(
      `Cannot read ${basename(file)} as a Jupyter notebook of format 4: ${what}`,
      "Save it again from Jupyter, or take the version in git.",
    );
  };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return wrong(`it is not JSON (${(error as Error).message})`);
  }
  if (!isRecord(value)) return wrong("it is not an object");
  if (value.nbformat !== 4) wrong(`nbformat is ${JSON.stringify(value.nbformat)}`);
  if (!Array.isArray(value.cells)) wrong("it has no list of cells");
  for (const [i, cell] of (value.cells as unknown[]).entries()) {
    if (!isRecord(cell)) wrong(`cell ${i + 1} is not an object`);
    const { cell_type: type, source, metadata } = cell as Record<string, unknown>;
    if (type !== "code" && type !== "markdown" && type !== "raw") {
      wrong(`cell_type of cell ${i + 1} is ${JSON.stringify(type)}`);
    }
    const text = Array.isArray(source)
      ? source.every((line) => typeof line === "string")
      : typeof source === "string";
    if (!text) wrong(`source of cell ${i + 1} is not text`);
    if (!isRecord(metadata)) wrong(`metadata of cell ${i + 1} is not an object`);
  }
  return { ...value, metadata: isRecord(value.metadata) ? value.metadata : {} } as unknown as Notebook;
}

/** A cell's source as one text. */
export function sourceOf(cell: NotebookCell): string {
  return typeof cell.source === "string" ? cell.source : cell.source.join("");
}

/** A cell's tags, in their order. */
export function tagsOf(cell: NotebookCell): string[] {
  return Array.isArray(cell.metadata.tags) ? cell.metadata.tags.map(String) : [];
}

/** The first heading of the notebook, else its file's name without the ending. */
export function titleOf(notebook: Notebook, file: string): string {
  for (const cell of notebook.cells) {
    if (cell.cell_type !== "markdown") continue;
    const heading = /^#{1,6}[ \t]+(.+?)[ \t]*#*[ \t]*$/m.exec(sourceOf(cell))?.[1];
    if (heading !== undefined) return heading;
  }
  return basename(file, ".ipynb");
}

/**
 * The code that gives parameters their values, to be run after the cell tagged `parameters`, and that cell's
 * index. Null when there is nothing to set.
 * @throws {UsageError} when the notebook does not declare one of them with `let`.
 */
export function injection(
  notebook: Notebook,
  file: string,
  values: Readonly<Record<string, ParameterValue>>,
): { readonly after: number; readonly code: string } | null {
  const names = Object.keys(values);
  if (names.length === 0) return null;
  const after = notebook.cells.findIndex(isParameters);
  const notebookName = basename(file);
  if (after < 0) {
    throw new UsageError(
      `Cannot set ${names.join(", ")} in ${notebookName}: it has no cell tagged "${PARAMETERS_TAG}"`,
      `Add a code cell with that tag that declares them, such as: let ${names[0]} = ${
        JSON.stringify(values[names[0]!])
      };`,
    );
  }
  const declared = declarations(sourceOf(notebook.cells[after]!));
  for (const name of names) {
    const keyword = declared.get(name);
    if (keyword === undefined) {
      throw new UsageError(
        `Cannot set ${name} in ${notebookName}: its parameters cell does not declare it`,
        hint(name, [...declared.keys()]),
      );
    }
    if (keyword === "const") {
      throw new UsageError(
        `Cannot set ${name} in ${notebookName}: its parameters cell declares it with const`,
        "Declare it with let.",
      );
    }
  }
  // `void` keeps the last assignment from being displayed as a result.
  const code = names.map((name) => `${name} = ${JSON.stringify(values[name])};`).join("\n") + "\nvoid 0;";
  return { after, code };
}

/** The names that may be given to `injection`; empty when there is no cell tagged `parameters`. */
export function declaredParameters(notebook: Notebook): string[] {
  const cell = notebook.cells.find(isParameters);
  if (cell === undefined) return [];
  return [...declarations(sourceOf(cell))].filter(([, keyword]) => keyword !== "const").map(([name]) => name);
}

/** What a code cell holds that must not be committed; empty when it is stripped. */
export interface Unstripped {
  /** 0-based position in the notebook. */
  readonly cell: number;
  readonly what: "outputs" | "execution_count";
}

/** What is left in a notebook of an execution. A committed notebook has nothing of it. */
export function checkStripped(notebook: Notebook): Unstripped[] {
  return notebook.cells.flatMap((cell, i): Unstripped[] => {
    if (cell.cell_type !== "code") return [];
    const found: Unstripped[] = [];
    if ((cell.outputs ?? []).length > 0) found.push({ cell: i, what: "outputs" });
    if (typeof cell.execution_count === "number") found.push({ cell: i, what: "execution_count" });
    return found;
  });
}

/** Positions of cells that lack an id of their own; of a notebook older than format 4.5 none. */
export function cellsWithoutId(notebook: Notebook): number[] {
  if (notebook.nbformat_minor < 5) return [];
  const ids = notebook.cells.map(({ id }) => id);
  return [...ids.keys()].filter((i) => !/^[\w-]{1,64}$/.test(ids[i] ?? "") || ids.indexOf(ids[i]) < i);
}

/** Names that a parameters cell declares, with their keyword; one declarator a statement, as is the custom. */
function declarations(source: string): Map<string, string> {
  const found = source.matchAll(/(?:^|;)[ \t]*(let|const|var)[ \t]+([\p{ID_Start}$_][\p{ID_Continue}$]*)/gmu);
  return new Map([...found].map((match) => [match[2]!, match[1]!]));
}

function isParameters(cell: NotebookCell): boolean {
  return cell.cell_type === "code" && tagsOf(cell).includes(PARAMETERS_TAG);
}
