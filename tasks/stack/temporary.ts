import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ServiceError } from "../model/errors.ts";

/** As much as a kernel needs before it can say what is wrong itself. */
const PROBE_BYTES = 65_536;

/**
 * Makes a folder of our own among the system's temporary files; removing it is the caller's part.
 * @throws {ServiceError} where none can be made.
 */
export function temporaryFolder(prefix: string): string {
  try {
    return mkdtempSync(join(tmpdir(), prefix));
  } catch (error) {
    throw noTemporaryFiles(error);
  }
}

/**
 * Makes sure that temporary files can be written: the notebooks of a report need some, and it comes last.
 * @throws {ServiceError} where they cannot.
 */
export function probeTemporaryFiles(): void {
  const folder = temporaryFolder("benchbook-probe-");
  try {
    writeFileSync(join(folder, "probe"), new Uint8Array(PROBE_BYTES));
  } catch (error) {
    throw noTemporaryFiles(error);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The sentence for a folder of temporary files that takes none; what is no fault of the file system passes through. */
export function noTemporaryFiles(error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (typeof code !== "string") return error;
  const state = code === "ENOSPC" || code === "EDQUOT"
    ? "its disk is full"
    : code === "EROFS"
    ? "its file system is read-only"
    : message;
  return new ServiceError(
    `Cannot write temporary files to ${tmpdir()}: ${state}`,
    "Free some space there, or set TMPDIR to another folder.",
    { cause: error },
  );
}
