import { runSteps } from "./run_steps.ts";
import { counter } from "../random/counter.ts";
import { PLAIN, planOf, RUN_ID, stepOf } from "./testing_steps.ts";

/** A process to be killed: it changes the table `item` of the database that it is given. */
if (import.meta.main) {
  await runSteps(planOf(stepOf(1, PLAIN, "ALTER TABLE item ADD COLUMN a text")), {
    url: Deno.args[0]!,
    runId: RUN_ID,
    nowUs: () => performance.now() * 1000,
    random: counter(1, "killed"),
    onRecord: () => {},
    lockPatienceMs: 3_600_000,
  });
}
