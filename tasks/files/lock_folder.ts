/** Whoever holds it writes a small file, so that longer is somebody who has forgotten it. */
const WAIT_MS = 10_000;
const PAUSE_MS = 5;

/**
 * Lets those of ours who change files in a folder take turns, with no file for it in a folder of the user's. Where it cannot be
 * locked, as on some network drives, all go on.
 */
export function lockFolder(path: string): Disposable {
  let folder: Deno.FsFile | null = null;
  try {
    folder = Deno.openSync(path);
    const pause = new Int32Array(new SharedArrayBuffer(4));
    for (let waited = 0; !folder.tryLockSync(true) && waited < WAIT_MS; waited += PAUSE_MS) {
      Atomics.wait(pause, 0, 0, PAUSE_MS);
    }
  } catch {
    // What is wrong with the folder is told by who writes into it.
  }
  return { [Symbol.dispose]: () => folder?.close() };
}
