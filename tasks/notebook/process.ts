import { join } from "node:path";
import { noTemporaryFiles, temporaryFolder } from "../files/temporary.ts";
import { residentBytes } from "../observe/process_memory.ts";
import { waitAtMost } from "../net/time_limit.ts";
import type { ConnectionInfo } from "./messages.ts";
import { childEnvironment } from "../stack/child_environment.ts";

/** The operating system's process of a kernel. */
export interface KernelProcess {
  /** Settles when the process has ended. */
  readonly ended: Promise<{ readonly code: number; readonly signal: string | null }>;
  /** Memory that it occupies, in bytes; null where the system does not tell. */
  residentBytes(): number | null;
  /** Ends it at once; does nothing when it has ended. */
  kill(): void;
  /** The line of its standard error that tells most; empty when there is none. */
  lastWords(): string;
  /** Removes the file with the key, which the kernel reads once. Safe to call again. */
  forgetConnectionFile(): void;
}

const STDERR_KEPT = 4096;

/**
 * Starts `deno jupyter --kernel`, with the connection file (0600) in a directory of its own (0700) under the
 * system's temporary directory.
 * @throws {ServiceError} where no temporary files can be written.
 */
export async function spawnKernel(info: ConnectionInfo, cwd: string): Promise<KernelProcess> {
  const folder = temporaryFolder("benchbook-kernel-");
  const forgetConnectionFile = () => folder.remove();
  try {
    const file = join(folder.path, "connection.json");
    await Deno.writeTextFile(file, JSON.stringify(info), { mode: 0o600, createNew: true });
    const child = new Deno.Command(Deno.execPath(), {
      args: ["jupyter", "--kernel", "--conn", file],
      cwd,
      // Ctrl-C in the terminal is ours to handle.
      detached: true,
      env: childEnvironment({ NO_COLOR: "1" }),
      clearEnv: true,
      // Held open: its end tells the kernel that we are gone (inside.ts).
      stdin: "piped",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    return { ...watchProcess(child), forgetConnectionFile };
  } catch (error) {
    forgetConnectionFile();
    throw noTemporaryFiles(error);
  }
}

/** Ports of the loopback interface that nothing listens on at this moment, all different. */
export function freePorts(count: number): number[] {
  const listeners = Array.from({ length: count }, () => Deno.listen({ hostname: "127.0.0.1", port: 0 }));
  const ports = listeners.map((listener) => (listener.addr as Deno.NetAddr).port);
  for (const listener of listeners) listener.close();
  return ports;
}

function watchProcess(child: Deno.ChildProcess): Omit<KernelProcess, "forgetConnectionFile"> {
  let over = false;
  let words = "";
  const drained = (async () => {
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
      words = (words + text).slice(-STDERR_KEPT);
    }
  })().catch(() => {});
  const ended = child.status.then(async ({ code, signal }) => {
    over = true;
    await child.stdin.close().catch(() => {});
    // A process that a cell left behind may hold the other end of the pipe, so this is not waited for long.
    await waitAtMost(200, drained);
    return { code, signal };
  });
  return {
    ended,
    residentBytes: () => over ? null : residentBytes(child.pid),
    kill: () => {
      if (over) return;
      try {
        child.kill("SIGKILL");
      } catch (error) {
        // It ended in the meantime; `ended` settles in a moment.
        if (!(error instanceof TypeError)) throw error;
      }
    },
    lastWords: () => {
      const lines = words.split("\n").map((line) => line.trim()).filter((line) =>
        line !== "" && !line.includes("is unstable and might change")
      );
      // An error's first line says more than the last of its trace.
      const telling = lines.findLast((line) => /^error|panicked|out of memory/i.test(line));
      return (telling ?? lines.at(-1) ?? "").replace(/^# /, "");
    },
  };
}
