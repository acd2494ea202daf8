import type { Config } from "../config.ts";
import type { ExitCode } from "../model/errors.ts";
import { withJob } from "./job.ts";
import { blocksOf } from "./load_plan.ts";
import { measure } from "./measure.ts";
import { report, tell } from "./report_run.ts";
import type { BenchRequest } from "./request.ts";
import { judge, store } from "./store_run.ts";
import { withSystem } from "./system.ts";
import type { SystemUnderTest } from "./system_under_test.ts";
import { undecidable } from "./undecidable.ts";
import { unjudgeable } from "./unjudgeable.ts";

/** The main job: from a request over the system under test to what was measured, its summary and its report. */
export function bench(request: BenchRequest, config: Config): Promise<ExitCode> {
  return withJob(request, config, async (job) => {
    const outcome = await withSystem(job, (system) => {
      for (const lacking of lackingOf(system)) job.terminal.print(`! ${lacking}`);
      return measure(system, blocksOf(system));
    });
    return tell(await report(await judge(await store({ ...job, ...outcome }))));
  });
}

/** What a run of this length will not be able to tell, said before anybody waits for it. */
function lackingOf({ scenario, plan, arms }: SystemUnderTest): string[] {
  return [
    ...unjudgeable(scenario, plan, arms.map(({ name }) => name)),
    ...[undecidable(scenario, plan, arms.length)].filter((sentence) => sentence !== null),
  ];
}
