import { ServiceError } from "../model/errors.ts";
import { asLogin, withClient } from "./connect.ts";
import { type Loader, type LoaderSpec, openLoader, type RowParts } from "./loader.ts";
import { type FromLoader, revive, type ToLoader } from "./loader_messages.ts";
import { schemaSql } from "./sql.ts";

/**
 * Opens a number of loaders, gives them to `use` and closes them: one runs in this thread, more have a thread
 * each. When `signal` is aborted, COPYs end between two blocks and statements are cancelled on the server.
 */
export async function withLoaders<T>(
  count: number,
  spec: LoaderSpec,
  signal: AbortSignal,
  use: (loaders: readonly Loader[]) => Promise<T>,
): Promise<T> {
  const opened = await Promise.allSettled(
    Array.from(
      { length: count },
      () => count === 1 ? openLoader(spec, signal) : openWorkerLoader(spec, signal),
    ),
  );
  const loaders = opened.filter((result) => result.status === "fulfilled").map(({ value }) => value);
  const cancel = () => void cancelAll(spec.url, loaders.map(({ pid }) => pid));
  try {
    const failed = opened.find((result) => result.status === "rejected");
    if (failed) throw failed.reason;
    signal.addEventListener("abort", cancel);
    return await use(loaders);
  } finally {
    signal.removeEventListener("abort", cancel);
    await Promise.all(loaders.map((loader) => loader.close()));
  }
}

/** Cancels what loaders are at. A long statement, such as an index build, ends only when the server is asked to. */
export async function cancelAll(url: string, pids: readonly number[]): Promise<void> {
  const cancel = schemaSql("benchbook/cancel.sql");
  await withClient(url, (client) => asLogin(client, () => client.query(cancel, [pids]))).catch(() => {
    // The loaders notice the signal at their next step anyway.
  });
}

async function openWorkerLoader(spec: LoaderSpec, signal: AbortSignal): Promise<Loader> {
  const worker = new Worker(new URL("./loader_worker.ts", import.meta.url), { type: "module" });
  let onRows: (rows: number) => void = () => {};
  let waiting: PromiseWithResolvers<unknown> | null = null;
  /** What went wrong while nothing was asked of it. */
  let failed: Error | null = null;
  worker.onmessage = ({ data }: MessageEvent<FromLoader>) => {
    if (data.kind === "rows") return onRows(data.rows);
    const answered = waiting;
    waiting = null;
    if (data.kind === "answer") answered?.resolve(data.value);
    else if (answered !== null) answered.reject(revive(data.error));
    else failed ??= revive(data.error);
  };
  worker.onerror = (event) => {
    event.preventDefault();
    waiting?.reject(new ServiceError(`Cannot continue loading: a loading thread ended: ${event.message}`));
  };
  const post = (message: ToLoader) => worker.postMessage(message);
  const ask = <T>(message: ToLoader): Promise<T> => {
    if (failed !== null) return Promise.reject(failed);
    waiting = Promise.withResolvers<unknown>();
    post(message);
    return waiting.promise as Promise<T>;
  };
  const abort = () => post({ kind: "abort" });
  signal.addEventListener("abort", abort);
  const close = () => {
    signal.removeEventListener("abort", abort);
    worker.terminate();
  };
  try {
    const pid = await ask<number>({ kind: "open", spec });
    return {
      pid,
      copy(job, report) {
        onRows = report;
        return ask<RowParts>({ kind: "copy", job });
      },
      run: (sql) => ask<void>({ kind: "run", sql }),
      async close() {
        // A loader that failed in mid-statement may never answer; its connection goes with its thread.
        if (waiting === null) await ask({ kind: "close" }).catch(() => {});
        close();
      },
    };
  } catch (error) {
    close();
    throw error;
  }
}
