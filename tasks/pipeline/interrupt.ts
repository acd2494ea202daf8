import { ExitCode } from "../model/errors.ts";

/**
 * A signal that aborts on Ctrl-C or SIGTERM. The first one lets the task end in order (rows kept, services
 * stopped); a second one leaves at once.
 */
export function interruptSignal(): { readonly signal: AbortSignal; dispose(): void } {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) Deno.exit(ExitCode.interrupted);
    console.error("\nInterrupted: ending the run, keeping what was measured … (again to leave at once)");
    controller.abort();
  };
  Deno.addSignalListener("SIGINT", onSignal);
  Deno.addSignalListener("SIGTERM", onSignal);
  return {
    signal: controller.signal,
    dispose() {
      Deno.removeSignalListener("SIGINT", onSignal);
      Deno.removeSignalListener("SIGTERM", onSignal);
    },
  };
}
