import { accessSync, constants, statfsSync } from "node:fs";
import { tmpdir } from "node:os";

const IN_MEMORY = "/dev/shm";
/** Far more than the folders of all tests that run at once. */
const ROOM_BYTES = 8e9;

/**
 * Where folders of tests lie: in memory where there is room. A cluster is more than a thousand files, and to make them
 * on a disk and remove them again is a quarter of what tests with services cost; a store waits for its disk again and
 * again.
 */
export function memoryFolder(): string {
  // Whoever names a folder for temporary files means it.
  if (tmpdir() !== "/tmp") return tmpdir();
  try {
    accessSync(IN_MEMORY, constants.W_OK);
    const { bavail, bsize } = statfsSync(IN_MEMORY);
    return bavail * bsize >= ROOM_BYTES ? IN_MEMORY : tmpdir();
  } catch {
    return tmpdir();
  }
}
