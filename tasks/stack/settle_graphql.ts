import { sleep } from "../net/sleep.ts";
import { GATE_PATH, type GateRequest } from "./postgraphile/gate_endpoint.ts";
import type { GraphqlService, Instance } from "./services.ts";

/** One that is about to end takes a connection and breaks it: then another one tells. */
const AGAIN_MS = 50;

/**
 * Waits until no PostGraphile of ours is at work any more on a request that was sent before, also on one whose client has
 * given it up: PostGraphile goes on with that, and with what it has not begun yet.
 * @param signal ends the waiting
 * @returns the names of those that still are
 */
export async function settleGraphql(instances: readonly Instance[], signal: AbortSignal): Promise<string[]> {
  const names = await Promise.all(
    instances.filter(isOurs).map(async (each) => await settles(each, signal) ? [] : [each.name]),
  );
  return names.flat();
}

function isOurs(instance: Instance): instance is GraphqlService & { readonly gateToken: string } {
  return instance.role === "graphql" && "gateToken" in instance && instance.gateToken !== undefined;
}

async function settles(
  { url, gateToken }: Pick<GraphqlService, "url" | "gateToken">,
  signal: AbortSignal,
): Promise<boolean> {
  const asked: GateRequest = { do: "settle" };
  while (!signal.aborted) {
    // A connection of its own: those that were made before it are accepted before it.
    using client = Deno.createHttpClient({ poolMaxIdlePerHost: 0 });
    try {
      const response = await fetch(new URL(GATE_PATH, url), {
        method: "POST",
        headers: { authorization: `Bearer ${gateToken}` },
        body: JSON.stringify(asked),
        signal,
        client,
      });
      await response.body?.cancel();
      return response.ok;
    } catch (error) {
      // Where nobody listens nobody is at work. Deno hides the system's word in the cause.
      if (/refused/i.test(`${error} ${(error as Error).cause}`)) return true;
      await sleep(AGAIN_MS);
    }
  }
  return false;
}
