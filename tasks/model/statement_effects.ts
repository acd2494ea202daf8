/** What a statement does to others' work, told without running it. */

/** What is done to a relation while locks are held. */
export type WorkKind =
  /** Writes the table anew, and with it all its indexes. */
  | "rewrite"
  /** Reads all rows, to check each. */
  | "scan"
  /** Reads all rows, and looks each up in the table that a foreign key refers to. */
  | "look-up"
  /** Reads all rows, and sorts them into an index. */
  | "index build"
  /** Works out the rows of a materialized view anew. */
  | "refresh"
  /** Inserts, updates or deletes rows, and locks each until the transaction ends. */
  | "row changes"
  /** Reads rows for a query whose answer is kept or sent. */
  | "read"
  /** Waits until transactions that are older have ended, as CONCURRENTLY does, and lets nobody else wait for that. */
  | "wait for transactions"
  /** Removes dead rows, or takes samples, beside everybody. */
  | "maintenance";

/** A lock on a relation that a statement takes, the strongest where it takes several. */
export interface LockEffect {
  /** `schema.name`, quoted where PostgreSQL needs it; as the statement writes it where its schema is not known. */
  readonly relation: string;
  /** In PostgreSQL's word, e.g. `AccessExclusiveLock`. */
  readonly mode: string;
}

/** A piece of work that is more than an entry in the catalogue. */
export interface Work {
  /** The part of the statement that it is for, as in `StatementEffects.kind`: `ALTER TABLE … ADD COLUMN`. */
  readonly of: string;
  /** What is done. */
  readonly kind: WorkKind;
  /** To which relation, named as in `LockEffect`; an index build's is its table. */
  readonly relation: string;
  /** Of an index: what it is built of, e.g. `lower(email)`; of a look-up: the columns. Empty for other work. */
  readonly columns: readonly string[];
  /** Of an index: columns that it only carries, by INCLUDE; absent where there are none. */
  readonly including?: readonly string[];
  /** Of a look-up: the table that is looked into; null for other work. */
  readonly into: string | null;
  /** Of rows that are read or changed: whether it is all of them; null where a condition decides. */
  readonly allRows: boolean | null;
  /** Why this is needed, as the end of a sentence: `the default clock_timestamp() is another one for each row`. */
  readonly why: string;
  /** What would make it needless, where that could not be seen; null: it is certain. */
  readonly unless: string | null;
}

/** What a statement does, as far as it can be told. */
export interface StatementEffects {
  /** In SQL's words, e.g. `ALTER TABLE … ADD COLUMN`; of several subcommands all, with commas between. */
  readonly kind: string;
  /** A row a relation that is there before it, the strongest mode of each; the relations that it makes are not among them. */
  readonly locks: readonly LockEffect[];
  /** Empty: it only changes the catalogue, or nothing. */
  readonly work: readonly Work[];
  /** Whether it must be a transaction by itself, and commits within: CREATE INDEX CONCURRENTLY, VACUUM. */
  readonly alone: boolean;
  /** Why more cannot be told (dynamic SQL, what a function does …), a sentence's end; null: this is all. */
  readonly unknown: string | null;
}
