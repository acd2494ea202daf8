import { ServiceError } from "../../model/errors.ts";
import { childEnvironment } from "../../stack/child_environment.ts";

/** A server of selfbench's own while it runs. */
export interface Serving {
  readonly url: string;
  readonly pid: number;
}

/**
 * Starts a server of this folder in a process of its own, and ends it afterwards.
 * @param file that prints its port as its first line
 */
export async function withServer<T>(
  file: string,
  args: readonly string[],
  use: (serving: Serving) => Promise<T>,
): Promise<T> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", new URL(file, import.meta.url).href, ...args],
    env: childEnvironment(),
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.pipeThrough(new TextDecoderStream()).getReader();
  try {
    let said = "";
    while (!said.includes("\n")) {
      const { value, done } = await reader.read();
      if (done) throw new ServiceError(`Cannot start selfbench's server ${file}: it ended at once`);
      said += value;
    }
    return await use({ url: `http://127.0.0.1:${Number(said.split("\n")[0])}/graphql`, pid: child.pid });
  } finally {
    // It may stand still, and has nothing to tidy up.
    child.kill("SIGKILL");
    await child.status;
    await reader.cancel();
  }
}
