/** The stages of a load, in their order. */
export const STAGES = ["copy", "constraints", "indexes", "functions", "analyze", "hash"] as const;
export type Stage = typeof STAGES[number];

/** How far a load is: `done` of `total` rows of the table while copying, and of `total` steps in the other stages. */
export interface SeedProgress {
  readonly stage: Stage;
  readonly table: string;
  readonly done: number;
  readonly total: number;
}
