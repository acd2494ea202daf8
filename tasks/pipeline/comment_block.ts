import { existsSync, realpathSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { lockFolder } from "../files/lock_folder.ts";
import { replaceText } from "../files/replace_text.ts";
import { readSmall } from "../files/small_file.ts";
import { ServiceError, UsageError } from "../model/errors.ts";

/**
 * A part of a Markdown file that is ours, between two comments that nobody sees: written anew in its place, with all that
 * others wrote around it left as it is.
 */
export interface CommentBlock {
  readonly path: string;
  /** What it is about, e.g. `compare access-paths`: blocks of other keys in the same file stay. */
  readonly key: string;
}

const ANY = /<!-- benchbook:[\w. -]+ -->/;

/**
 * Before anything is done: whether the block can be written.
 * @throws {UsageError} where the file is somebody else's, cannot be read, or its marks are torn
 */
export function refuseOthersComment(block: CommentBlock): void {
  placed(block, "");
}

/**
 * Writes the block into its file, which is made where it is not there.
 * @throws {UsageError} as `refuseOthersComment`
 * @throws {ServiceError} where the file cannot be written
 */
export function writeCommentBlock(block: CommentBlock, text: string): void {
  // Another of ours may write its own block: what is read is what stands there until this is written.
  using _turn = lockFolder(dirname(existsSync(block.path) ? realpathSync(block.path) : block.path));
  const whole = placed(block, text);
  try {
    replaceText(block.path, whole);
  } catch (error) {
    throw new ServiceError(
      `Cannot write the comment into ${block.path}: ${(error as Error).message}`,
      "The runs are stored: give --markdown another name, and try again.",
      { cause: error },
    );
  }
}

/** The file's text with the block in its place. */
function placed({ path, key }: CommentBlock, text: string): string {
  const [begin, end] = marksOf(key);
  const block = `${begin}\n${text}\n${end}`;
  const before = textOf(path);
  if (before.trim() === "") return `${block}\n`;
  const [from, to] = [before.indexOf(begin), before.indexOf(end)];
  const torn = from < 0 !== to < 0 || to < from || before.indexOf(begin, from + 1) > from && from >= 0;
  if (torn) {
    throw refused(path, `its marks ${begin} and ${end} do not stand there once each, in that order`);
  }
  if (from >= 0) return before.slice(0, from) + block + before.slice(to + end.length);
  if (ANY.test(before)) return `${before.trimEnd()}\n\n${block}\n`;
  throw refused(path, "there is a file that Benchbook has not written");
}

/** The comments around a block; a script finds it by the first. */
export function marksOf(key: string): readonly [begin: string, end: string] {
  const safe = key.replaceAll(/[^\w. -]|--/g, "_");
  return [`<!-- benchbook:${safe} -->`, `<!-- /benchbook:${safe} -->`];
}

function textOf(path: string): string {
  try {
    // What is no UTF-8 could not be written back as it is.
    return readSmall(path, { exact: true }).text;
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound) && (error as { code?: string }).code !== "ENOENT") {
      throw refused(path, (error as Error).message);
    }
    if (statSync(dirname(path), { throwIfNoEntry: false })?.isDirectory()) return "";
    throw refused(path, `there is no folder ${dirname(path)}`);
  }
}

function refused(path: string, why: string): UsageError {
  return new UsageError(
    `Cannot write the comment into ${path}: ${why}`,
    "Nothing was changed. Give --markdown the name of a new file, or of one that it has written.",
  );
}
