/// <reference lib="deno.worker" />
import { type Loader, openLoader } from "./loader.ts";
import { usersFault } from "../user_code/guards.ts";
import { onStrayError } from "../user_code/stray_errors.ts";
import { type FromLoader, plain, type ToLoader } from "./loader_messages.ts";

/** A loader in a thread of its own: rows are made here while other loaders make theirs. */
declare const self: DedicatedWorkerGlobalScope;

const controller = new AbortController();
let loader: Loader | undefined;

self.onmessage = ({ data }: MessageEvent<ToLoader>) => {
  switch (data.kind) {
    case "open":
      return void answer(async () => {
        loader = await openLoader(data.spec, controller.signal);
        return { kind: "open", pid: loader.pid };
      });
    case "copy":
      return void answer(async () => {
        const parts = await loader!.copy(data.job, (rows) => tell({ kind: "rows", rows }));
        return { kind: "copied", parts };
      });
    case "run":
      return void answer(async () => {
        await loader!.run(data.sql);
        return { kind: "done" };
      });
    case "abort":
      return controller.abort();
    case "close":
      return void answer(async () => {
        await loader?.close();
        return { kind: "done" };
      });
  }
};

// A generator of the user's may leave a timer or a promise behind it.
onStrayError((error) => tell({ kind: "failed", error: plain(usersFault(error) ?? error) }));

function tell(message: FromLoader): void {
  self.postMessage(message);
}

async function answer(work: () => Promise<FromLoader>): Promise<void> {
  try {
    tell(await work());
  } catch (error) {
    tell({ kind: "failed", error: plain(error) });
  }
}
