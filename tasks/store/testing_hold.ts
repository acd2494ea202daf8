import { openStore } from "./open.ts";

/**
 * A process of its own that opens a store, says so, and holds it until its input ends: what a notebook does.
 * Arguments: the file, "read" or "write", and statements to run first.
 */
if (import.meta.main) {
  const [file, mode, ...statements] = Deno.args;
  const store = await openStore(file!, { mode: mode === "read" ? "read" : "write", waitMs: 0 });
  for (const statement of statements) await store.run(statement);
  console.log("open");
  for await (const _ of Deno.stdin.readable);
  store.close();
}

/** Another process that holds a store; both ways to end it may be repeated. */
export interface Holder {
  /** Lets it close the store and end. */
  release(): Promise<void>;
  /** Ends it as `kill -9` does. */
  kill(): Promise<void>;
}

/** Runs `body` while another process holds the store open; that process is ended whatever happens. */
export async function whileHeld<T>(
  file: string,
  mode: "read" | "write",
  body: (holder: Holder) => Promise<T>,
  statements: readonly string[] = [],
): Promise<T> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", import.meta.filename!, file, mode, ...statements],
    cwd: import.meta.dirname!,
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.getReader();
  let ended: Promise<void> | undefined;
  const holder: Holder = {
    release: () => ended ??= child.stdin.close().then(async () => void await child.status),
    kill() {
      child.kill("SIGKILL");
      return ended ??= child.stdin.abort().then(async () => void await child.status);
    },
  };
  try {
    const first = await reader.read();
    if (first.done) throw new Error("The holding process ended without opening the store");
    return await body(holder);
  } finally {
    await holder.release();
    await reader.cancel();
  }
}
