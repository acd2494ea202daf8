/// <reference lib="deno.worker" />
import { type Lane, openLane } from "./lane.ts";
import { type FromLane, plain, type ToLane } from "./lane_messages.ts";

/** A lane in a thread of its own: rows are made here while other lanes make theirs. */
declare const self: DedicatedWorkerGlobalScope;

const controller = new AbortController();
let lane: Lane | undefined;

self.onmessage = ({ data }: MessageEvent<ToLane>) => {
  switch (data.kind) {
    case "open":
      return void answer(async () => {
        lane = await openLane(data.spec, controller.signal);
        return { kind: "open", pid: lane.pid };
      });
    case "copy":
      return void answer(async () => {
        const parts = await lane!.copy(data.job, (rows) => tell({ kind: "rows", rows }));
        return { kind: "copied", parts };
      });
    case "run":
      return void answer(async () => {
        await lane!.run(data.sql);
        return { kind: "done" };
      });
    case "abort":
      return controller.abort();
    case "close":
      return void answer(async () => {
        await lane?.close();
        return { kind: "done" };
      });
  }
};

function tell(message: FromLane): void {
  self.postMessage(message);
}

async function answer(work: () => Promise<FromLane>): Promise<void> {
  try {
    tell(await work());
  } catch (error) {
    tell({ kind: "failed", error: plain(error) });
  }
}
