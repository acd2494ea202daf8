/// <reference lib="deno.worker" />
import { sleep } from "../net/sleep.ts";
import { changedGlobal, globalsNow } from "./globals.ts";
import { strayWords, watchModule } from "./guards.ts";
import { printTo } from "./printing.ts";
import { onStrayError } from "./stray_errors.ts";

/** A thread in which a module of the user's is loaded first, where it can spoil nothing. */
declare const self: DedicatedWorkerGlobalScope;

self.onmessage = async ({ data: href }: MessageEvent<string>) => {
  const answer = (fault: string | null) => self.postMessage(fault);
  watchModule(href);
  printTo(null);
  onStrayError((error) => answer(strayWords(error)));
  const before = globalsNow();
  const folder = Deno.cwd();
  try {
    await import(href);
    // What it has left for later has its turn.
    await sleep(1);
  } catch {
    // Who loads it in earnest says so.
  }
  const moved = Deno.cwd() !== folder;
  if (moved) Deno.chdir(folder);
  const changed = changedGlobal(before, globalsNow());
  answer(
    moved ? "it changes the working directory" : changed === null ? null : `it changes the global ${changed}`,
  );
};
