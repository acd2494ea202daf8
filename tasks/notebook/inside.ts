/**
 * What runs inside the kernel beside the cells: the headless runner imports this module in a first cell of
 * its own. It reports what the kernel alone would keep quiet about.
 */

/** Where the runner's cells find the fence; a symbol, so that no cell's name can collide. */
export const FENCE = Symbol.for("benchbook.fence");
/** The media type under which a fence carries the errors that nothing handled. */
export const FENCE_TYPE = "application/vnd.benchbook.fence+json";

/** An error that no cell caught, as it travels in a fence. */
export interface Unhandled {
  readonly how: "rejection" | "exception";
  readonly name: string;
  readonly message: string;
  readonly traceback: readonly string[];
}

/** The part of `Deno.jupyter` that is used here; reading that throws outside a kernel. */
interface Broadcaster {
  broadcast(type: string, content: Record<string, unknown>): Promise<void>;
}

/**
 * Installs the fence, begins to collect unhandled errors, and ends the kernel with the runner.
 *
 * A fence marks the end of a cell's outputs: it prints an id and broadcasts it as a display. Printed text
 * and displays reach the client by two ways of their own inside the kernel, so each way needs a mark.
 */
export function watch(): void {
  // Taken before any cell runs: a cell may replace either.
  const print = console.log.bind(console);
  const { jupyter } = Deno as unknown as { jupyter: Broadcaster };
  const later = setTimeout;
  let unhandled: Unhandled[] = [];
  const fence = async (id: string) => {
    // A turn of the event loop, for timers that are due and rejections that are about to be reported.
    await new Promise((resolve) => later(resolve, 0));
    const data = { [FENCE_TYPE]: unhandled };
    unhandled = [];
    print(id);
    await jupyter.broadcast("display_data", { data, metadata: {}, transient: { display_id: id } });
  };
  Object.assign(globalThis, { [FENCE]: fence });
  globalThis.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    unhandled.push(describe("rejection", event.reason));
  });
  globalThis.addEventListener("error", (event) => {
    event.preventDefault();
    unhandled.push(describe("exception", event.error));
  });
  void exitWithRunner();
}

/** The runner holds the other end of our standard input: its end, even by kill -9, is our end. */
async function exitWithRunner(): Promise<void> {
  const buffer = new Uint8Array(64);
  while (await Deno.stdin.read(buffer) !== null);
  Deno.exit(0);
}

function describe(how: Unhandled["how"], reason: unknown): Unhandled {
  if (!(reason instanceof Error)) return { how, name: "Error", message: String(reason), traceback: [] };
  return { how, name: reason.name, message: reason.message, traceback: (reason.stack ?? "").split("\n") };
}
