import { openStore } from "./open.ts";

/**
 * A process of its own that opens a store, says so, and holds it until its input ends: what a notebook does.
 * Arguments: the file, and "read" or "write".
 */
if (import.meta.main) {
  const [file, mode] = Deno.args;
  const store = await openStore(file!, { mode: mode === "read" ? "read" : "write", waitMs: 0 });
  console.log("open");
  for await (const _ of Deno.stdin.readable);
  store.close();
}

/** Runs `body` while another process holds the store open; that process is ended whatever happens. */
export async function whileHeld<T>(
  file: string,
  mode: "read" | "write",
  body: (release: () => Promise<void>) => Promise<T>,
): Promise<T> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-all", import.meta.filename!, file, mode],
    cwd: import.meta.dirname!,
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const reader = child.stdout.getReader();
  let ended: Promise<void> | undefined;
  const release = () => ended ??= child.stdin.close().then(async () => void await child.status);
  try {
    const first = await reader.read();
    if (first.done) throw new Error("The holding process ended without opening the store");
    return await body(release);
  } finally {
    await release();
    await reader.cancel();
  }
}
