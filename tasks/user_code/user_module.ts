import { pathToFileURL } from "node:url";
import { watchModule } from "./guards.ts";
import { printTo } from "./printing.ts";

/** So long a module may take to be loaded, with all that it imports. */
const LOAD_MS = 20_000;

/**
 * Loads a module of the user's. What it prints meanwhile goes to stderr, and from then on it cannot end the process:
 * an attempt throws.
 * @param file absolute
 * @param options.tried whether another thread of this task has loaded it before
 * @throws what the module throws; where it does not end, changes what is global, or leaves errors uncaught, an error
 * that says so in words about it
 */
export async function importUserModule(
  file: string,
  { tried = false, limitMs = LOAD_MS }: { readonly tried?: boolean; readonly limitMs?: number } = {},
): Promise<{ readonly default?: unknown }> {
  const { href } = pathToFileURL(file);
  const known = watchModule(href);
  if (!tried && !known) await tryModule(href, limitMs);
  const restore = printTo("stderr");
  try {
    const module = await within(limitMs, import(href) as Promise<{ readonly default?: unknown }>);
    // Whoever hands it on would wait for it, and where nothing else is under way the process would end.
    if (isThenable(module.default)) {
      throw new Error("its default export is a promise: write `await` before it");
    }
    return module;
  } finally {
    restore();
  }
}

function isThenable(value: unknown): boolean {
  return value !== null && ["object", "function"].includes(typeof value) &&
    typeof (value as { then?: unknown }).then === "function";
}

/** In a thread that is given up where the module does not end. @throws {Error} in words about the module */
async function tryModule(href: string, limitMs: number): Promise<void> {
  const worker = new Worker(new URL("./trial_worker.ts", import.meta.url), { type: "module" });
  const { promise, resolve } = Promise.withResolvers<string | null>();
  worker.onmessage = ({ data }: MessageEvent<string | null>) => resolve(data);
  worker.onerror = (event) => {
    event.preventDefault();
    resolve(`it ends its thread: ${event.message}`);
  };
  worker.postMessage(href);
  try {
    const fault = await within(limitMs, promise);
    if (fault !== null) throw new Error(fault);
  } finally {
    worker.terminate();
  }
}

/** @throws {Error} where it takes longer */
async function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const text = `it has not ended after ${
    limitMs / 1000
  } s: its top level awaits what does not come, or loops`;
  const timer = setTimeout(() => reject(new Error(text)), limitMs);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
