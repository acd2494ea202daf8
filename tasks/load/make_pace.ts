import { ClosedLoop } from "./closed_loop.ts";
import type { Dispatcher } from "./dispatcher.ts";
import type { Mix } from "./mix.ts";
import { OpenLoop, type OpenLoopOptions } from "./open_loop.ts";
import type { Pace } from "./pace.ts";
import { endOf, shareOf } from "./plan.ts";

/** What decides when this thread sends. @param slots the next slot's number of a closed loop, for all threads */
export function makePace(
  options: OpenLoopOptions & { readonly dispatcher: Dispatcher; readonly mix: Mix },
  slots: SharedArrayBuffer,
): Pace {
  const { plan, worker, dispatcher, mix, nowUs } = options;
  if (plan.loop.kind === "open") return new OpenLoop(options);
  return new ClosedLoop({
    clients: shareOf(plan.loop.clients, worker, plan.workers),
    endUs: endOf(plan.phases),
    dispatcher,
    mix,
    slots: new BigInt64Array(slots),
    slotLimit: plan.slotLimit,
    nowUs,
  });
}
