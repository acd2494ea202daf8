/** What each rule is about, by its name: as SARIF and docs/lint.md have it. Names do not change. */
export const RULES = {
  "rewrite": "A table is written anew, and nobody can even read it until that is done.",
  "set-not-null": "All rows are read for a NULL while nobody can use the table.",
  "add-check": "All rows are held against a constraint while nobody can use the table.",
  "add-foreign-key": "All rows are looked up while nobody can write to either table.",
  "add-key": "An index is built for a key while nobody can use the table.",
  "create-index": "An index is built while nobody can write to its table.",
  "reindex": "An index is built anew while nobody can write to its table, or read by the index.",
  "attach-partition": "A table's rows are read, or it is indexed, while it becomes a partition.",
  "refresh": "A materialized view is worked out anew while nobody can read it.",
  "domain": "All tables with a column of a domain are read while nobody can write to them.",
  "work-under-lock":
    "A transaction does long work while it holds a lock from before that keeps others waiting.",
  "lock-queue": "A strong lock is waited for without a limit, and all others queue up behind it.",
  "lock-table": "A table is locked until the transaction ends.",
  "drop-index": "An index is dropped under a lock that keeps even readers out.",
  "detach-partition": "A partition is detached under a lock that keeps everybody out of the whole table.",
  "all-rows": "One statement changes all rows, and locks each of them until it ends.",
  "rename-column": "Programs that use the old name of a column fail at once.",
  "rename-relation": "Programs that use the old name of a table or view fail at once.",
  "drop-column": "Programs that still use a column fail at once.",
  "drop-relation": "Programs that still use a table or view fail at once.",
  "truncate": "All rows are removed, under a lock that keeps everybody out.",
  "not-null-without-default":
    "A NOT NULL column without a default is refused where there are rows, and by programs that do not fill it.",
  "refused": "A statement names what is not in the database, or stands where it may not.",
  "not-in-transaction": "A statement that must be a transaction by itself stands in another one.",
  "not-in-version": "A statement says what the server's version of PostgreSQL does not know yet.",
  "concurrently": "Something is done beside others, which has to wait for all older transactions.",
  "unknown": "What a statement does cannot be told.",
} as const;

/** The name of a rule. */
export type RuleName = keyof typeof RULES;
