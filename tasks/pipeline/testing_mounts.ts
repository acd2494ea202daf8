import assert from "node:assert/strict";
import { join, resolve } from "node:path";
import process from "node:process";

/** Where tasks of a test run: folders that a script may mount something on. */
export interface Mounted {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Words as a shell's script has them. */
export function quoted(words: readonly string[]): string {
  return words.map((word) => `'${word}'`).join(" ");
}

/**
 * For such a script: `spooled PID` waits until the run of that process has spooled rows in the home; one that has ended
 * without will never have any.
 */
export const SPOOLED = `
spooled() {
  until [ -n "$(find "$BENCHBOOK_HOME/spool" -name 'timing-*.seg' -size +0 2>/dev/null)" ]; do
    grep -q '^State:.[ZX]' "/proc/$1/status" && return
    sleep 0.1
  done
}
`;

/**
 * Runs a shell script within a mount namespace of its own, as the user that we are: what it mounts is seen by nobody
 * else and gone afterwards. `$DENO` and `$TASKS` are Deno and the folder of the tasks.
 */
export async function withMounts(
  script: string,
  env: Readonly<Record<string, string>>,
): Promise<Mounted> {
  // An ordinary user may mount within a user namespace of his own, and stays himself there.
  const namespace = process.getuid!() === 0 ? ["-m"] : ["-Um", "--map-current-user", "--keep-caps"];
  const { code, stdout, stderr } = await new Deno.Command("unshare", {
    args: [...namespace, "sh", "-c", script],
    env: {
      DENO: Deno.execPath(),
      TASKS: resolve(import.meta.dirname!, ".."),
      CONFIG: join(import.meta.dirname!, "../../deno.json"),
      DATABASE_URL: "",
      REDIS_URL: "",
      GRAPHQL_URL: "",
      NO_COLOR: "1",
      COLUMNS: "1000",
      ...env,
    },
    stdin: "null",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  assert.notEqual(code, 99, `Cannot mount: ${text(stderr)}`);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}
