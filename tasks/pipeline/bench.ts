import type { Config } from "../config.ts";
import type { ExitCode } from "../model/errors.ts";
import { withJob } from "./job.ts";
import { blocksOf } from "./load_plan.ts";
import { measure } from "./measure.ts";
import { report, tell } from "./report_run.ts";
import type { BenchRequest } from "./request.ts";
import { judge, store } from "./store_run.ts";
import { withSystem } from "./system.ts";
import { undecidable } from "./undecidable.ts";

/** The main job: from a request over the system under test to what was measured, its summary and its report. */
export function bench(request: BenchRequest, config: Config): Promise<ExitCode> {
  return withJob(request, config, async (job) => {
    const outcome = await withSystem(job, (system) => {
      const lacking = undecidable(job.scenario, job.plan, system.arms.length);
      if (lacking !== null) job.terminal.print(`! ${lacking}`);
      return measure(system, blocksOf(system));
    });
    return tell(await report(await judge(await store({ ...job, ...outcome }))));
  });
}
