import { loadavg } from "node:os";
import { hostFacts } from "../observe/host.ts";
import type { Machine } from "./finding.ts";

/** This machine as it is now; to be asked before the measurement begins. */
export function machineFacts(postgres: string | null): Machine {
  const { cpu, cores, memoryBytes, os, kernel, deno } = hostFacts();
  return { cpu, cores, memoryBytes, os, kernel, deno, postgres, loadAverage: loadavg()[0]! };
}
