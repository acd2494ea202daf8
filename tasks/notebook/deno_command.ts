import { childEnvironment } from "../stack/child_environment.ts";

/** Runs a command of the Deno that runs this, and waits for its end. */
export async function denoCommand(
  args: readonly string[],
  cwd: string,
): Promise<{ readonly stdout: string; readonly stderr: string; readonly ok: boolean }> {
  const output = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd,
    env: childEnvironment({ NO_COLOR: "1" }),
    clearEnv: true,
    stdin: "null",
  }).output();
  const decoder = new TextDecoder();
  return { stdout: decoder.decode(output.stdout), stderr: decoder.decode(output.stderr), ok: output.success };
}
