/** How a question is answered. */
export const PATHS = ["sql", "graphql", "sql+cache"] as const;
export type PathName = typeof PATHS[number];

/** A parameter of a statement: a name and the PostgreSQL type that its `.sql` file declares. */
export interface Parameter {
  readonly name: string;
  readonly type: string;
}

/**
 * One question with the statement by which one path asks it. Two operations of the same name over
 * different paths ask the same question and must give equal results.
 */
export interface Operation {
  readonly operationId: number;
  readonly workload: string;
  readonly name: string;
  readonly path: PathName;
  /** The SQL (with $1, $2 … placeholders) or the GraphQL document as it is sent. */
  readonly statement: string;
  /** SHA-256 of the statement, first 16 hex digits: tells whether two runs asked the same. */
  readonly fingerprint: string;
  readonly parameters: readonly Parameter[];
}
