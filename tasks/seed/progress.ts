/** The stages of a load. Several tables may be in different stages at a time. */
export const STAGES = ["copy", "constraints", "indexes", "analyze", "functions"] as const;
export type Stage = typeof STAGES[number];

/** How far a load is: `done` of `total` rows of the table while copying, and of `total` steps in the other stages. */
export interface SeedProgress {
  readonly stage: Stage;
  /** Without its schema. */
  readonly table: string;
  readonly done: number;
  readonly total: number;
}
