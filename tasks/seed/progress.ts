/** The stages of a load; several tables may be in different ones. "content": a user's columns are read back. */
export const STAGES = ["copy", "constraints", "indexes", "analyze", "functions", "content"] as const;
export type Stage = typeof STAGES[number];

/** How far a load is: `done` of `total` rows of the table while copying, and of `total` steps in the other stages. */
export interface SeedProgress {
  readonly stage: Stage;
  /** Without its schema. */
  readonly table: string;
  readonly done: number;
  readonly total: number;
}
