import { askOnce, newCall, type Target } from "../targets/target.ts";
import type { Mix } from "./mix.ts";
import type { Arm } from "./plan.ts";

/** Slots that no run reaches. */
const FIRST_SLOT = 1_050_000_000;
const ROUNDS = 60;
/** At the most, for each arm: a slow system is met in the warm-up, not here. */
const BUDGET_MS = 600;

/**
 * Asks each read of each arm some dozens of times before the run's clock starts. A JavaScript engine runs new
 * code many times slower than code it has compiled: without this the generator's own first seconds would
 * shape what it measures. The system under test has its own warm-up, which is recorded; nothing here is.
 */
export async function rehearse(arms: readonly Arm[], targets: readonly Target[], mix: Mix): Promise<void> {
  for (const [index, arm] of arms.entries()) {
    const until = performance.now() + BUDGET_MS;
    for (let round = 0; round < ROUNDS && performance.now() < until; round++) {
      await Promise.all(
        arm.statements.map((statement, operation) => {
          if (statement.write || statement.carries) return Promise.resolve();
          const drawn = mix.valuesOf(FIRST_SLOT + round, operation);
          const values = statement.parameters.map((name) => drawn[name]!);
          // Under another name the cache keeps it apart: the run begins with a cold one.
          const cached = arm.target.path === "sql+cache";
          const asked = cached ? { ...statement, name: `rehearsal.${statement.name}` } : statement;
          return askOnce(targets[index]!, newCall(asked, values));
        }),
      );
    }
  }
}
