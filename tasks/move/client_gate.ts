import type { ClientGate, MoveSide } from "../model/client_gate.ts";
import { anySignal } from "../net/any_signal.ts";

export type { ClientGate, MoveSide };

/**
 * Several gates as one: clients pass none of them or all.
 * @param gates in the order in which they open: those that are likely to fail come first, before any client writes at
 * the new server
 */
export function joinGates(gates: readonly ClientGate[]): ClientGate {
  let at: MoveSide = "source";
  const openAll = async (side: MoveSide) => {
    for (const [nth, gate] of gates.entries()) {
      try {
        await gate.open(side);
      } catch (error) {
        await Promise.allSettled(gates.slice(0, nth).map((opened) => opened.close()));
        throw error;
      }
    }
    at = side;
  };
  return {
    prepare: async (side, signal) => {
      await allOf(gates.map((gate) => gate.prepare(side, signal)));
    },
    close: async (signal) => {
      const failed = new AbortController();
      const either = anySignal(failed.signal, signal);
      const closing = gates.map(async (gate) => {
        try {
          await gate.close(either);
        } catch (error) {
          failed.abort(error);
          throw error;
        }
      });
      const closed = await Promise.allSettled(closing);
      if (!closed.some(({ status }) => status === "rejected")) return;
      await Promise.allSettled(
        gates.filter((_, nth) => closed[nth]!.status === "fulfilled").map((gate) => gate.open(at)),
      );
      throw either.reason;
    },
    open: openAll,
  };
}

/** Waits for all, also where one fails. @throws what the first of them throws */
async function allOf(works: readonly Promise<void>[]): Promise<void> {
  for (const result of await Promise.allSettled(works)) {
    if (result.status === "rejected") throw result.reason;
  }
}
