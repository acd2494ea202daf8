import { ServiceError } from "../../model/errors.ts";
import { revive } from "../../seed/loader_messages.ts";
import { askProcess } from "../own_process.ts";
import type { Seeded, SeedMessage, SeedOrder } from "./seed_messages.ts";

/**
 * Seeds in a process of its own.
 * @param signal ends the process; what it had open on the server is the caller's to end
 * @throws what seeding threw, and a ServiceError when the process ended without a result
 */
export async function seedInProcess(
  order: SeedOrder,
  onProgress: (text: string) => void,
  signal?: AbortSignal,
): Promise<Seeded> {
  let seeded: Seeded | undefined;
  let failure: Error | undefined;
  const { code, signal: killed } = await askProcess<SeedMessage>({
    module: new URL("./seed_process.ts", import.meta.url),
    order,
    signal,
    onMessage(message) {
      if (message.kind === "progress") onProgress(message.text);
      else if (message.kind === "seeded") seeded = message.seeded;
      else failure = revive(message.error);
    },
  });
  if (failure !== undefined) throw failure;
  if (seeded !== undefined) return seeded;
  throw new ServiceError(
    `Cannot measure the seeding: the process that seeds ended with ${killed ?? `exit code ${code}`}`,
    "Where memory is scarce the system may have ended it.",
  );
}
