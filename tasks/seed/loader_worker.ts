/// <reference lib="deno.worker" />
import { type Loader, openLoader } from "./loader.ts";
import { usersFault } from "../user_code/guards.ts";
import { onStrayError } from "../user_code/stray_errors.ts";
import { type FromLoader, plain, type ToLoader } from "./loader_messages.ts";

/** A loader in a thread of its own: rows are made here while other loaders make theirs. */
declare const self: DedicatedWorkerGlobalScope;

const controller = new AbortController();
let loader: Loader | undefined;

self.onmessage = async ({ data }: MessageEvent<ToLoader>) => {
  try {
    const value = await answer(data);
    if (data.kind !== "abort") tell({ kind: "answer", value });
  } catch (error) {
    tell({ kind: "failed", error: plain(error) });
  }
};

async function answer(asked: ToLoader): Promise<unknown> {
  switch (asked.kind) {
    case "open":
      loader = await openLoader(asked.spec, controller.signal);
      return loader.pid;
    case "copy":
      return await loader!.copy(asked.job, (rows) => tell({ kind: "rows", rows }));
    case "run":
      return await loader!.run(asked.sql);
    case "abort":
      return controller.abort();
    case "close":
      return await loader?.close();
  }
}

// A generator of the user's may leave a timer or a promise behind it.
onStrayError((error) => tell({ kind: "failed", error: plain(usersFault(error) ?? error) }));

function tell(message: FromLoader): void {
  self.postMessage(message);
}
