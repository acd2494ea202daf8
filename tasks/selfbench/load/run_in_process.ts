import { InterruptedError, ServiceError } from "../../model/errors.ts";
import type { Validity } from "../../model/summary.ts";
import type { Lags, RunMessage, RunOrder } from "./run_messages.ts";
import { childEnvironment } from "../../stack/child_environment.ts";

/** What a run came to. */
export interface RunDone {
  readonly validity: Validity;
  readonly rows: number;
  /** Null where they were not asked for. */
  readonly lags: Lags | null;
}

export interface RunWatch {
  /** Wraps the command, e.g. to pin it to a CPU. */
  readonly prefix?: readonly string[];
  /** The run's clock has started. */
  readonly onStarted?: (process: Deno.ChildProcess) => void;
  /** The load is over. */
  readonly onMeasured?: () => void;
  readonly signal: AbortSignal;
}

/** Makes a run in a process of its own. @throws {ServiceError} when it failed there */
export async function runInProcess(
  order: Omit<RunOrder, "home">,
  dir: string,
  watch: RunWatch,
): Promise<RunDone> {
  const { prefix = [], signal } = watch;
  const home = Deno.makeTempDirSync({ dir });
  const [program, ...args] = [
    ...prefix,
    Deno.execPath(),
    "run",
    "-A",
    "--quiet",
    new URL("./run_process.ts", import.meta.url).href,
  ];
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
  try {
    const writer = child.stdin.getWriter();
    // A process that ends at once breaks the pipe; how it ended says more than that.
    await writer.write(new TextEncoder().encode(JSON.stringify({ ...order, home }))).then(() =>
      writer.close()
    )
      .catch(() => {});
    let done: RunDone | undefined;
    let failure: string | undefined;
    for await (const message of messages(child.stdout)) {
      if (message.kind === "started") watch.onStarted?.(child);
      else if (message.kind === "measured") watch.onMeasured?.();
      else if (message.kind === "judged") done = message;
      else failure = message.message;
    }
    const { code, signal: killed } = await child.status;
    if (signal.aborted) throw new InterruptedError();
    if (done !== undefined) return done;
    throw new ServiceError(`Cannot make a run: ${failure ?? `its process ended with ${killed ?? code}`}`);
  } finally {
    Deno.removeSync(home, { recursive: true });
  }
}

async function* messages(stream: ReadableStream<Uint8Array<ArrayBuffer>>): AsyncGenerator<RunMessage> {
  let rest = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) yield JSON.parse(line) as RunMessage;
  }
}
