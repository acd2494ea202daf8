/** A statement whose locks are foretold. */
export interface LockCase {
  readonly sql: string;
  /** What another session holds meanwhile; null: the statement can be part of a transaction. */
  readonly beside: string | null;
}

/** Of tasks/lint/testdata/lock_modes.sql. */
export function lockCases(): { readonly setup: string; readonly cases: readonly LockCase[] } {
  const text = Deno.readTextFileSync(new URL("testdata/lock_modes.sql", import.meta.url));
  const [, setup, statements, alone] = text.split(/^-- (?:setup|statements|alone)$/m) as [
    string,
    string,
    string,
    string,
  ];
  const lines = alone.trim().split("\n");
  return {
    setup,
    cases: [
      ...statements.trim().split("\n").map((sql) => ({ sql, beside: null })),
      ...lines.flatMap((line, at) =>
        line.startsWith("-- beside: ") ? [{ sql: lines[at + 1]!, beside: line.slice(11) }] : []
      ),
    ],
  };
}
