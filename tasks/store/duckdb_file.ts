import { type NoFile, noFile } from "../files/small_file.ts";

/** Where DuckDB's files say what they are. */
const MARK = { at: 8, text: "DUCK" } as const;
/** The file's header and two of the database's, without which there is nothing to read. */
const HEADER_BYTES = 3 * 4096;

/** What is wrong with a file that should be a DuckDB database: the end of a sentence that begins with "it". */
export type FileProblem = NoFile | "is not a DuckDB file" | `is cut short: ${string}`;

/**
 * What the first bytes of a file tell; null for nothing wrong, and also where there is no file, or an empty one,
 * which holds nothing to lose.
 */
export function fileProblem(file: string): FileProblem | null {
  let opened: Deno.FsFile;
  try {
    // Before it is opened: a pipe would wait for somebody to write.
    const none = noFile(Deno.statSync(file));
    if (none !== null) return none;
    opened = Deno.openSync(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
  using source = opened;
  const bytes = new Uint8Array(MARK.at + MARK.text.length);
  const read = source.readSync(bytes) ?? 0;
  if (read === 0) return null;
  if (new TextDecoder().decode(bytes.subarray(MARK.at, read)) !== MARK.text) return "is not a DuckDB file";
  const { size } = source.statSync();
  return size < HEADER_BYTES ? cutShort(size, HEADER_BYTES) : null;
}

/** Whether a problem is that of what somebody named, and not of a file that is damaged. */
export function isNoFile(problem: FileProblem): boolean {
  return problem === "is a folder" || problem.endsWith("not a file");
}

/** Of how many bytes a file has too few. */
export function cutShort(size: number, needed: number): FileProblem {
  return `is cut short: ${size} bytes are there of at least ${needed}`;
}
