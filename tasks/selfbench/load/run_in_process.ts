import { InterruptedError, ServiceError } from "../../model/errors.ts";
import type { Validity } from "../../model/validity.ts";
import { askProcess } from "../own_process.ts";
import type { Lags, RunMessage, RunOrder } from "./run_messages.ts";

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
  const { prefix, signal, onStarted, onMeasured } = watch;
  const home = Deno.makeTempDirSync({ dir });
  try {
    let done: RunDone | undefined;
    let failure: string | undefined;
    const { code, signal: killed } = await askProcess<RunMessage>({
      module: new URL("./run_process.ts", import.meta.url),
      order: { ...order, home },
      prefix,
      signal,
      onMessage(message, child) {
        if (message.kind === "started") onStarted?.(child);
        else if (message.kind === "measured") onMeasured?.();
        else if (message.kind === "judged") done = message;
        else failure = message.message;
      },
    });
    if (signal.aborted) throw new InterruptedError();
    if (done !== undefined) return done;
    throw new ServiceError(`Cannot make a run: ${failure ?? `its process ended with ${killed ?? code}`}`);
  } finally {
    Deno.removeSync(home, { recursive: true });
  }
}
