import type { MigrationConfig, StepStatement, VariantPlan } from "../model/migration.ts";

/** The migration of a run, as it is to be made. */
export interface Migrating {
  readonly name: string;
  readonly place: MigrationConfig["place"];
  /** Makes a clone what it was before the change was thought of. */
  readonly before: readonly StepStatement[];
  readonly plan: VariantPlan;
  readonly config: MigrationConfig;
  /** How long baseline and recovery last each, s. */
  readonly segmentSeconds: number;
}
