import { childEnvironment } from "../stack/child_environment.ts";

/** A run's id: sorts by time, reads as a date, and two started in the same second still differ. */
export function newRunId(now = new Date()): string {
  const stamp = now.toISOString().slice(0, 19).replaceAll(/[-:]/g, "").replace("T", "-");
  const random = crypto.getRandomValues(new Uint8Array(2));
  return `${stamp}-${[...random].map((byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

/** The commit of the working directory, with `+` where files differ from it; null outside a checkout. */
export async function gitCommit(): Promise<string | null> {
  const commit = await git("rev-parse", "HEAD");
  if (commit === null) return null;
  const changes = await git("status", "--porcelain", "--untracked-files=no");
  return changes === "" ? commit : `${commit}+`;
}

async function git(...args: string[]): Promise<string | null> {
  try {
    const { success, stdout } = await new Deno.Command("git", {
      args,
      env: childEnvironment(),
      clearEnv: true,
      stderr: "null",
    }).output();
    return success ? new TextDecoder().decode(stdout).trim() : null;
  } catch {
    return null;
  }
}
