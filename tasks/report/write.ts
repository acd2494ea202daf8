import { dirname, join } from "node:path";
import { BenchbookError, ServiceError } from "../model/errors.ts";

/** What is replaced, and by which command. */
export interface Replaced {
  /** Whether a file of that name is one that `fill` may have written before. */
  readonly own?: (entry: Deno.DirEntry) => boolean;
  /** The command that writes it again. */
  readonly again?: string;
}

/**
 * Writes a directory as a whole: `fill` gets an empty directory beside it, which takes its place only when
 * `fill` has succeeded. When it fails, what was there before stays as it was. What lies there and is not `own` goes
 * over into the new one.
 * @throws {ServiceError} when the directory cannot be written; whatever else `fill` throws.
 */
export async function replaceDirectory(
  directory: string,
  fill: (temporary: string) => Promise<void>,
  { own = () => true, again = "deno task report" }: Replaced = {},
): Promise<void> {
  const parent = dirname(directory);
  const temporary = await attempt(directory, again, async () => {
    await Deno.mkdir(parent, { recursive: true });
    // Beside it, not in the system's place for temporary files: a rename works within one file system only.
    return await Deno.makeTempDir({ dir: parent, prefix: ".report-" });
  });
  try {
    await attempt(directory, again, () => fill(temporary));
    await attempt(directory, again, async () => {
      await Deno.chmod(temporary, 0o755);
      await swap(temporary, directory, own);
    });
  } catch (error) {
    await Deno.remove(temporary, { recursive: true }).catch(() => {});
    throw error;
  }
}

/** Writes a file as a whole, by renaming. */
export async function replaceFile(
  file: string,
  content: string | Uint8Array,
  again = "deno task report",
): Promise<void> {
  const temporary = join(dirname(file), `.${crypto.randomUUID()}`);
  await attempt(file, again, async () => {
    try {
      await Deno.writeFile(
        temporary,
        typeof content === "string" ? new TextEncoder().encode(content) : content,
      );
      await Deno.rename(temporary, file);
    } catch (error) {
      await Deno.remove(temporary).catch(() => {});
      throw error;
    }
  });
}

/** No system call replaces a full directory by another, so the old one steps aside and comes back on failure. */
async function swap(
  temporary: string,
  directory: string,
  own: (entry: Deno.DirEntry) => boolean,
): Promise<void> {
  const aside = `${temporary}-old`;
  let moved = false;
  try {
    await Deno.rename(directory, aside);
    moved = true;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  try {
    await Deno.rename(temporary, directory);
  } catch (error) {
    if (moved) await Deno.rename(aside, directory);
    throw error;
  }
  if (!moved) return;
  // A link in its place is followed by nobody: it goes, and not what it leads to.
  if ((await Deno.lstat(aside)).isSymlink) return await Deno.remove(aside);
  for (const entry of [...Deno.readDirSync(aside)]) {
    const old = join(aside, entry.name);
    if (own(entry)) await Deno.remove(old, { recursive: true });
    else await Deno.rename(old, join(directory, entry.name));
  }
  await Deno.remove(aside);
}

async function attempt<T>(target: string, again: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    // What the system refuses bears a code; a defect does not.
    const code = (error as { code?: unknown }).code;
    if (!(error instanceof Error && typeof code === "string") || error instanceof BenchbookError) throw error;
    const next = code === "ENOSPC" || code === "EDQUOT"
      ? `Free some disk space, then run \`${again}\`: the measurements are safe in the store.`
      : `Make it writable, or set BENCHBOOK_REPORTS to another directory, then run \`${again}\`.`;
    throw new ServiceError(`Cannot write the report to ${target}: ${error.message}`, next, { cause: error });
  }
}
