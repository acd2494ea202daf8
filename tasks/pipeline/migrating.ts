import type { MigrationConfig, StepPlan, StepStatement, VariantPlan } from "../model/migration.ts";

/** The migration of a run, as it is to be made. */
export interface Migrating {
  readonly name: string;
  readonly place: MigrationConfig["place"];
  /** Makes a clone what it was before the change was thought of. */
  readonly before: readonly StepStatement[];
  readonly plan: VariantPlan;
  readonly config: MigrationConfig;
  /** The user's command at the switch of a move; null: none. May hold a secret, and is not kept. */
  readonly onSwitch: string | null;
  /** How long baseline and recovery last each, s. */
  readonly segmentSeconds: number;
}

/** Steps as a run's configuration keeps them: a statement's own text may hold a password, and is only for the server. */
export function recordedSteps(steps: readonly StepPlan[]): StepPlan[] {
  return steps.map((step) => ({
    ...step,
    statements: step.statements.map(({ line, shown }) => ({ text: shown, line, shown })),
  }));
}
