import type { Network } from "./channel.ts";
import { libc } from "./libc.ts";
import { NativeLoop } from "./native_loop.ts";
import { runtimeNetwork } from "./runtime_channel.ts";
import { sleep } from "./sleep.ts";

/** Uses Deno's own network and then, where there is one, a loop that waits for its sockets itself. */
export async function overEachNetwork(
  use: (network: Network, by: string) => Promise<void>,
): Promise<void> {
  await use(runtimeNetwork, "Deno's loop");
  const symbols = libc();
  if (symbols === null) return;
  const loop = new NativeLoop(symbols);
  try {
    // What a test does beside it goes by Deno's own sockets, which are looked at only when Deno may rest.
    await loop.elsewhere(() => use(loop, "a loop of its own"));
  } finally {
    loop.close();
  }
}

/** Waits until something holds; the limit is there for what would never end. @throws where it does not within a minute */
export async function eventually(holds: () => boolean | Promise<boolean>): Promise<void> {
  const until = performance.now() + 60_000;
  while (!await holds()) {
    if (performance.now() > until) throw new Error("it did not come to hold within a minute");
    await sleep(5);
  }
}
