/** How a question is answered: the name of a path in `tasks/paths/registry.ts`, which is checked where it comes in. */
export type PathName = string;

/** A parameter of a statement: a name and the PostgreSQL type that its `.sql` file declares. */
export interface Parameter {
  /** As in the `:name` of the `.sql` file, without the colon. */
  readonly name: string;
  /** As it is declared, e.g. `integer` or `integer[]`. */
  readonly type: string;
}

/**
 * One question with the statement by which one path asks it. Two operations of the same name in
 * different arms ask the same question and must give equal results.
 */
export interface Operation {
  /** Its number within the run, from 0; each pair of question and arm has one of its own. */
  readonly operationId: number;
  /** The scenario's workload, where the statement's file lies. */
  readonly workload: string;
  /** The question, e.g. `product-by-id`: the stem of its files. */
  readonly name: string;
  /** The stream whose slots ask it; the scenario's, also in a closed loop. */
  readonly stream: string;
  /** The path by which it is asked. */
  readonly path: PathName;
  /** The name of the arm that asks it. */
  readonly arm: string;
  /** The SQL (with $1, $2 … placeholders) or the GraphQL document as it is sent. */
  readonly statement: string;
  /** SHA-256 of the statement, first 16 hex digits: tells whether two runs asked the same. */
  readonly fingerprint: string;
  /** In the order of $1, $2 …; by the same names they are the variables of a GraphQL document. */
  readonly parameters: readonly Parameter[];
}
