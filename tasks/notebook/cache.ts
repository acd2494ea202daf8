import { createHash, randomUUID } from "node:crypto";
import { join, relative } from "node:path";
import { declaredParameters, parseNotebook, readNotebookText } from "./ipynb.ts";
import { type NotebookRun, runCells, type RunOptions } from "./run.ts";

/** Bumped when what is cached changes its shape or its making. */
const CACHE_SCHEMA = 1;
/** Entries kept; the oldest go first. A report needs one for each notebook and run. */
const ENTRIES_KEPT = 100;

/** What a notebook's outputs depend on. */
export interface CacheKeyParts {
  /** The notebook's text, as committed. */
  readonly notebook: string;
  readonly parameters: RunOptions["parameters"];
  /** Changes whenever what the notebook reads changes, such as a hash over a run's content. */
  readonly data: string;
  /** Changes whenever the code that the notebook imports changes, see `hashSources`. */
  readonly sources: string;
}

export interface CachedOptions extends RunOptions {
  /** A directory of its own; made when absent. */
  readonly cache: string;
  readonly data: string;
  readonly sources: string;
  /** More parameters, on which no output depends, for a notebook that declares them; asked for where it is executed. */
  readonly beside?: () => Promise<RunOptions["parameters"]>;
}

/**
 * Like `runNotebook`, but takes the outputs of an equal earlier execution where there is one. A failure is
 * never cached, and a damaged or unwritable cache costs time only.
 */
export async function runCached(options: CachedOptions): Promise<NotebookRun & { readonly cached: boolean }> {
  const text = await readNotebookText(options.file);
  const notebook = parseNotebook(text, options.file);
  const { parameters, data, sources } = options;
  const key = cacheKey({ notebook: text, parameters, data, sources });
  const file = join(options.cache, `${key}.json`);
  const hit = await readEntry(file);
  if (hit !== null) return { ...hit, file: options.file, cached: true };
  const declared = declaredParameters(notebook);
  const beside = Object.entries(await options.beside?.() ?? {}).filter(([name]) => declared.includes(name));
  const executed = await runCells(notebook, {
    ...options,
    parameters: { ...parameters, ...Object.fromEntries(beside) },
  });
  const run = { ...executed, parameters };
  await writeEntry(options.cache, file, run);
  return { ...run, cached: false };
}

/** SHA-256 over everything that the outputs depend on, Deno's version included; 64 hex digits. */
export function cacheKey(parts: CacheKeyParts): string {
  const parameters = Object.entries(parts.parameters).sort(([a], [b]) => a < b ? -1 : 1);
  // JSON delimits the parts: no two different lists give one text.
  const text = JSON.stringify([
    CACHE_SCHEMA,
    Deno.version.deno,
    parts.notebook,
    parameters,
    parts.data,
    parts.sources,
  ]);
  return createHash("sha256").update(text).digest("hex");
}

/**
 * SHA-256 over the paths and contents of files and of all files below directories, tests and hidden ones
 * left out; the same wherever the checkout lies. 64 hex digits.
 */
export async function hashSources(root: string, paths: readonly string[]): Promise<string> {
  const files: string[] = [];
  const walk = async (path: string): Promise<void> => {
    if ((await Deno.stat(path)).isFile) {
      files.push(path);
      return;
    }
    for await (const { name } of Deno.readDir(path)) {
      if (!name.startsWith(".") && !name.endsWith("_test.ts") && name !== "__snapshots__") {
        await walk(join(path, name));
      }
    }
  };
  for (const path of paths) await walk(join(root, path));
  const hash = createHash("sha256");
  for (const file of files.sort()) {
    const content = await Deno.readFile(file);
    hash.update(JSON.stringify([relative(root, file), content.length])).update(content);
  }
  return hash.digest("hex");
}

async function readEntry(file: string): Promise<NotebookRun | null> {
  try {
    const entry = JSON.parse(await Deno.readTextFile(file));
    return Array.isArray(entry?.cells) ? entry : null;
  } catch {
    return null;
  }
}

async function writeEntry(directory: string, file: string, run: NotebookRun): Promise<void> {
  try {
    await Deno.mkdir(directory, { recursive: true });
    // Renamed into place, so that a reader or a crash never meets half an entry.
    const partial = join(directory, `.${randomUUID()}`);
    await Deno.writeTextFile(partial, JSON.stringify(run));
    await Deno.rename(partial, file);
    await prune(directory);
  } catch {
    // Not cached: the next report takes longer, and is the same.
  }
}

async function prune(directory: string): Promise<void> {
  const entries: { file: string; at: number }[] = [];
  for await (const { name } of Deno.readDir(directory)) {
    const file = join(directory, name);
    const { mtime } = await Deno.stat(file);
    entries.push({ file, at: mtime?.getTime() ?? 0 });
  }
  entries.sort((a, b) => b.at - a.at);
  for (const { file } of entries.slice(ENTRIES_KEPT)) await Deno.remove(file);
}
