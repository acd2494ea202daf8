import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ServiceError } from "../model/errors.ts";
import { atExit } from "./at_exit.ts";
import { diskFault } from "./disk_fault.ts";

/** As much as a kernel needs before it can say what is wrong itself. */
const PROBE_BYTES = 65_536;

/** A folder for as long as something is done, and no longer than this process. */
export interface TemporaryFolder extends Disposable {
  readonly path: string;
  /** Removes it with all that it holds; what cannot be removed stays. */
  remove(): void;
}

/**
 * Makes a folder of our own among the system's temporary files. Where the process ends before it was removed, it goes
 * with it.
 * @throws {ServiceError} where none can be made.
 */
export function temporaryFolder(prefix: string): TemporaryFolder {
  try {
    return temporaryFolderIn(tmpdir(), prefix);
  } catch (error) {
    throw noTemporaryFiles(error);
  }
}

/** The same in a folder of ours, for what is renamed within its file system. */
export function temporaryFolderIn(parent: string, prefix: string): TemporaryFolder {
  const path = mkdtempSync(join(parent, prefix));
  const clean = () => rmSync(path, { recursive: true, force: true, maxRetries: 3 });
  const forget = atExit(clean);
  const remove = () => {
    forget();
    try {
      clean();
    } catch {
      // What was done with it counts; a file that a program of ours still writes there must not fail it.
    }
  };
  return { path, remove, [Symbol.dispose]: remove };
}

/**
 * Makes sure that temporary files can be written: the notebooks of a report need some, and it comes last.
 * @throws {ServiceError} where they cannot.
 */
export function probeTemporaryFiles(): void {
  using folder = temporaryFolder("benchbook-probe-");
  try {
    writeFileSync(join(folder.path, "probe"), new Uint8Array(PROBE_BYTES));
  } catch (error) {
    throw noTemporaryFiles(error);
  }
}

/** The sentence for a folder of temporary files that takes none; what is no fault of the file system passes through. */
export function noTemporaryFiles(error: unknown): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  if (typeof code !== "string") return error;
  return new ServiceError(
    `Cannot write temporary files to ${tmpdir()}: ${diskFault(error)?.state ?? message}`,
    "Free some space there, or set TMPDIR to another folder.",
    { cause: error },
  );
}
