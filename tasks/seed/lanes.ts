import { ServiceError } from "../model/errors.ts";
import { asLogin, withClient } from "./connect.ts";
import { type Lane, type LaneSpec, openLane } from "./lane.ts";
import { type FromLane, revive, type ToLane } from "./lane_messages.ts";
import { schemaSql } from "./sql.ts";

/**
 * Opens a number of lanes, gives them to `use` and closes them: one runs in this thread, more have a thread
 * each. When `signal` is aborted, COPYs end between two blocks and statements are cancelled on the server.
 */
export async function withLanes<T>(
  count: number,
  spec: LaneSpec,
  signal: AbortSignal,
  use: (lanes: readonly Lane[]) => Promise<T>,
): Promise<T> {
  const opened = await Promise.allSettled(
    Array.from({ length: count }, () => count === 1 ? openLane(spec, signal) : openWorkerLane(spec, signal)),
  );
  const lanes = opened.filter((result) => result.status === "fulfilled").map(({ value }) => value);
  const cancel = () => void cancelAll(spec.url, lanes.map(({ pid }) => pid));
  try {
    const failed = opened.find((result) => result.status === "rejected");
    if (failed) throw failed.reason;
    signal.addEventListener("abort", cancel);
    return await use(lanes);
  } finally {
    signal.removeEventListener("abort", cancel);
    await Promise.all(lanes.map((lane) => lane.close()));
  }
}

/** Cancels what lanes are at. A long statement, such as an index build, ends at once only when the server is asked to. */
export async function cancelAll(url: string, pids: readonly number[]): Promise<void> {
  const cancel = schemaSql("benchbook/cancel.sql");
  await withClient(url, (client) => asLogin(client, () => client.query(cancel, [pids]))).catch(() => {
    // The lanes notice the signal at their next step anyway.
  });
}

async function openWorkerLane(spec: LaneSpec, signal: AbortSignal): Promise<Lane> {
  const worker = new Worker(new URL("./lane_worker.ts", import.meta.url), { type: "module" });
  let onRows: (rows: number) => void = () => {};
  let waiting: PromiseWithResolvers<FromLane> | null = null;
  worker.onmessage = ({ data }: MessageEvent<FromLane>) => {
    if (data.kind === "rows") return onRows(data.rows);
    const { resolve, reject } = waiting!;
    waiting = null;
    if (data.kind === "failed") reject(revive(data.error));
    else resolve(data);
  };
  worker.onerror = (event) => {
    event.preventDefault();
    waiting?.reject(new ServiceError(`Cannot continue loading: a loading thread ended: ${event.message}`));
  };
  const post = (message: ToLane) => worker.postMessage(message);
  const ask = async <Kind extends FromLane["kind"]>(message: ToLane): Promise<FromLane & { kind: Kind }> => {
    waiting = Promise.withResolvers<FromLane>();
    const { promise } = waiting;
    post(message);
    return await promise as FromLane & { kind: Kind };
  };
  const abort = () => post({ kind: "abort" });
  signal.addEventListener("abort", abort);
  const close = () => {
    signal.removeEventListener("abort", abort);
    worker.terminate();
  };
  try {
    const { pid } = await ask<"open">({ kind: "open", spec });
    return {
      pid,
      async copy(job, report) {
        onRows = report;
        return (await ask<"copied">({ kind: "copy", job })).parts;
      },
      async run(sql) {
        await ask<"done">({ kind: "run", sql });
      },
      async close() {
        // A lane that failed in mid-statement may never answer; its connection goes with its thread.
        if (waiting === null) await ask<"done">({ kind: "close" }).catch(() => {});
        close();
      },
    };
  } catch (error) {
    close();
    throw error;
  }
}
