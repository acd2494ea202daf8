import { VERSION } from "../config.ts";
import type { Run, RunConfig } from "../model/run.ts";
import { DEFAULT_THRESHOLDS } from "../model/validity.ts";
import { hostFacts } from "../observe/host.ts";

/** The record of a run of selfbench's own. @param config as much of it as matters */
export function madeRun(config: Partial<RunConfig> & Pick<RunConfig, "scenario">, seed: number): Run {
  const { scenario, scale = "tiny" } = config;
  const whole: Partial<RunConfig> = {
    title: scenario,
    arrivals: null,
    ratePerSecond: null,
    concurrency: null,
    unavailableArms: [],
    slo: null,
    settings: {},
    thresholds: DEFAULT_THRESHOLDS,
    scale,
    ...config,
  };
  return {
    runId: "20000101-000000-0000",
    label: null,
    kind: "bench",
    scenario,
    startedAt: new Date(Date.UTC(2000, 0)),
    endedAt: null,
    status: "running",
    verdict: null,
    seed,
    config: whole as RunConfig,
    environment: {
      ...hostFacts(),
      benchbook: VERSION,
      services: [],
      dataset: { name: scenario, scale, seed, rows: 0, bytes: null, hash: "" },
      unavailable: [],
    },
    gitCommit: null,
  };
}
