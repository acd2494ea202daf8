import { resolve } from "node:path";
import { InterruptedError, ServiceError } from "../model/errors.ts";
import { plain, type PlainError, revive } from "../seed/loader_messages.ts";
import { childEnvironment, EMBEDDED_ALONE } from "../stack/child_environment.ts";

const ROOT = resolve(import.meta.dirname!, "../..");

/** Starts a task as a user does, on embedded services alone. @param file of tasks/ */
export function startTask(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", resolve(ROOT, "tasks", file), ...args],
    cwd: ROOT,
    env: childEnvironment({ ...EMBEDDED_ALONE, NO_COLOR: "1", ...env }),
    clearEnv: true,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    signal,
  }).spawn();
}

/** What a process of ours does, and who hears of it. */
export interface OwnProcess<Said> {
  /** What it does, for people: "make a run". */
  readonly doing: string;
  /** What it runs: a module that does it by `answer`. */
  readonly module: URL;
  /** On its stdin: a password stays off the command line. */
  readonly order: unknown;
  /** Told what it says on the way. */
  readonly onSaid: (said: Said, child: Deno.ChildProcess) => void;
  /** Wraps the command, e.g. to pin it to a CPU. */
  readonly prefix?: readonly string[];
  /** Ends it. */
  readonly signal: AbortSignal;
}

/** A line of its stdout. */
type Line<Said, Result> =
  | { readonly said: Said }
  | { readonly result: Result }
  | { readonly failed: PlainError };

/**
 * Has a module do something in a process of its own.
 * @returns what came of it
 * @throws what was thrown there; {ServiceError} where it ended without a result; {InterruptedError} after `signal`
 */
export async function askProcess<Said, Result>(
  { doing, module, order, onSaid, prefix = [], signal }: OwnProcess<Said>,
): Promise<Result> {
  const [program, ...args] = [...prefix, Deno.execPath(), "run", "-A", "--quiet", module.href];
  const child = new Deno.Command(program!, {
    args,
    // Where it goes comes by stdin; what that leaves out, from the environment.
    env: childEnvironment({}, { postgres: true }),
    clearEnv: true,
    stdin: "piped",
    stdout: "piped",
    stderr: "inherit",
    signal,
  }).spawn();
  const input = ReadableStream.from([new TextEncoder().encode(JSON.stringify(order))]);
  // A process that ends at once breaks the pipe; how it ended says more than that.
  await input.pipeTo(child.stdin).catch(() => {});
  let rest = "";
  let last: Line<Said, Result> | undefined;
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      last = JSON.parse(line) as Line<Said, Result>;
      if ("said" in last) onSaid(last.said, child);
    }
  }
  const { code, signal: killed } = await child.status;
  if (signal.aborted) throw new InterruptedError();
  if (last !== undefined && "result" in last) return last.result;
  if (last !== undefined && "failed" in last) throw revive(last.failed);
  throw new ServiceError(
    `Cannot ${doing}: its process ended with ${killed ?? `exit code ${code}`}`,
    "Where memory is scarce the system may have ended it.",
  );
}

/** In the process: does what it is asked to do. */
export async function answer<Order, Said, Result>(
  work: (order: Order, say: (said: Said) => void) => Promise<Result>,
): Promise<void> {
  const order = JSON.parse(await new Response(Deno.stdin.readable).text()) as Order;
  try {
    const result = await work(order, (said) => tell({ said }));
    tell({ result });
  } catch (error) {
    tell({ failed: plain(error) });
  }
}

function tell(line: Line<unknown, unknown>): void {
  const bytes = new TextEncoder().encode(`${JSON.stringify(line)}\n`);
  for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
}
