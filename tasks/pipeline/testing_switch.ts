import { existsSync } from "node:fs";
import { join } from "node:path";
import { until } from "./testing.ts";

/** Clients of a move that only a test knows how to hold: it can do something while all others wait. */
export interface HeldSwitch {
  readonly args: readonly string[];
  /** Waits until all are held, does something, and lets the switch go on. */
  during(work: () => Promise<unknown> | unknown): Promise<void>;
}

/** @param folder where a file says how far it is */
export function heldSwitch(folder: string): HeldSwitch {
  const [held, go, script] = ["held", "go", "switch.sh"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  Deno.writeTextFileSync(
    script,
    `[ "$BENCHBOOK_SWITCH" = close ] || exit 0\ntouch "${held}"\nwhile [ ! -e "${go}" ]; do sleep 0.05; done\n`,
  );
  return {
    args: ["--on-switch", `sh "${script}"`],
    async during(work) {
      await until(() => existsSync(held) || null, "clients are not held");
      await work();
      Deno.writeTextFileSync(go, "");
    },
  };
}
