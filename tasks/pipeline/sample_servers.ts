import type { RunEventHub } from "../load/run_events.ts";
import { type Sampler, startSampler } from "../observe/sampler.ts";
import { instancesOf } from "./run_instances.ts";
import type { SystemUnderTest } from "./system_under_test.ts";

export interface Sampling extends AsyncDisposable {
  /** Ends it. @returns what was not measured and why, in whole sentences */
  stop(): Promise<readonly string[]>;
}

/**
 * Samples servers and host from the start of a run until it is stopped.
 * @param inMigration whether the database is changed meanwhile: then some of it is sampled more often
 */
export function sampleServers(
  events: RunEventHub,
  system: Pick<SystemUnderTest, "databaseUrl" | "move" | "stack" | "armServices">,
  inMigration: boolean,
): Sampling {
  let sampler: Sampler | undefined;
  events.on("start", ({ nowUs }) => {
    sampler = startSampler({
      instances: instancesOf(system),
      nowUs,
      inMigration,
      pids: () => ({ ...system.stack.pids(), benchbook: Deno.pid }),
      emit: (samples) => events.emit("sample", samples),
    });
  });
  return {
    stop: async () => (await sampler?.stop())?.unavailable ?? [],
    [Symbol.asyncDispose]: async () => void await sampler?.stop(),
  };
}
