import { temporaryFolderIn } from "../../files/temporary.ts";
import { askProcess } from "../own_process.ts";
import type { RunDone, RunOrder, RunSaid } from "./run_messages.ts";

export interface RunWatch {
  /** Wraps the command, e.g. to pin it to a CPU. */
  readonly prefix?: readonly string[];
  /** The run's clock has started. */
  readonly onStarted?: (process: Deno.ChildProcess) => void;
  /** The load is over. */
  readonly onMeasured?: () => void;
  readonly signal: AbortSignal;
}

/** Makes a run in a process of its own. @throws what went wrong there */
export async function runInProcess(
  order: Omit<RunOrder, "home">,
  dir: string,
  { prefix, signal, onStarted, onMeasured }: RunWatch,
): Promise<RunDone> {
  using home = temporaryFolderIn(dir, "run-");
  return await askProcess<RunSaid, RunDone>({
    doing: "make a run",
    module: new URL("./run_process.ts", import.meta.url),
    order: { ...order, home: home.path },
    onSaid: (said, child) => said === "started" ? onStarted?.(child) : onMeasured?.(),
    prefix,
    signal,
  });
}
