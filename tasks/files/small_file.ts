import { Buffer } from "node:buffer";
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";

/** What stands in a file's place and is none. */
export type NoFile = "is a folder" | `is a ${"pipe" | "socket" | "device" | "link"}, not a file`;

/** What something is that is no ordinary file; null for one that is. */
export function noFile(
  { isFile, isDirectory, isFifo, isSocket, isSymlink }: Pick<
    Deno.FileInfo,
    "isFile" | "isDirectory" | "isFifo" | "isSocket" | "isSymlink"
  >,
): NoFile | null {
  if (isFile) return null;
  if (isDirectory) return "is a folder";
  const kind = isSymlink ? "link" : isFifo ? "pipe" : isSocket ? "socket" : "device";
  return `is a ${kind}, not a file`;
}

/** More than any text that is read whole: settings, records, scenarios and summaries. */
const MOST_BYTES = 64 * 2 ** 20;

/** Whose a file is, and who else may write to it. */
export interface FileOwner {
  readonly uid: number;
  readonly mode: number;
}

/** Reads a text as `readSmall` does. @throws as it does */
export function readSmallText(path: string): string {
  return readSmall(path).text;
}

/**
 * Reads a text whole, and nothing but an ordinary file of bounded size: a pipe would wait for somebody to write, a
 * device may never end.
 * @param follow whether a link is followed
 * @param exact whether bytes that are no UTF-8 are refused; else each becomes a replacement character
 * @throws the system's error, or one that says what stands there: the end of a sentence that begins with "it"
 */
export function readSmall(
  path: string,
  { follow = true, most = MOST_BYTES, exact = false }: {
    readonly follow?: boolean;
    readonly most?: number;
    readonly exact?: boolean;
  } = {},
): { readonly text: string } & FileOwner {
  // Before it is opened: opening some devices does something.
  const none = noFile(follow ? Deno.statSync(path) : Deno.lstatSync(path));
  if (none !== null) throw new Error(`it ${none}`);
  const flags = constants.O_RDONLY | constants.O_NONBLOCK | (follow ? 0 : constants.O_NOFOLLOW);
  const file = openSync(path, flags);
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) throw new Error("it is no longer a file");
    // The size is not asked for: a file may grow, and those of /proc have none.
    const parts: Uint8Array[] = [];
    let size = 0;
    for (;;) {
      const part = new Uint8Array(65_536);
      const read = readSync(file, part);
      if (read === 0) break;
      size += read;
      if (size > most) throw new Error(`it is larger than ${most} bytes`);
      parts.push(part.subarray(0, read));
    }
    return { text: textOf(Buffer.concat(parts), exact), uid: stat.uid, mode: stat.mode };
  } finally {
    closeSync(file);
  }
}

function textOf(bytes: Uint8Array<ArrayBuffer>, exact: boolean): string {
  try {
    return new TextDecoder("utf-8", { fatal: exact }).decode(bytes);
  } catch (error) {
    throw new Error("it is not UTF-8; iconv can make it so", { cause: error });
  }
}
