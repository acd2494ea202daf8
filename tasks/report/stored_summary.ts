import type { MigrationSummary } from "../model/migration_summary.ts";
import type { Run } from "../model/run.ts";

/** Totals of an arm, or one of its operations. */
export interface StoredRow {
  readonly arm: string;
  readonly operation: string | null;
  readonly n: number;
  readonly response: Readonly<Record<string, { readonly value: number | null }>>;
}

/** What the list needs of a summary.json; other versions' files may lack some of it. */
export interface Stored {
  readonly directory: string;
  readonly schema: number;
  readonly verdict: string | null;
  readonly reasons?: readonly string[];
  readonly run: {
    readonly runId: string;
    readonly label: string | null;
    readonly scenario: string;
    readonly kind?: string;
    readonly status: string;
    readonly startedAt: string;
    readonly gitCommit: string | null;
    readonly config?: Partial<Run["config"]>;
    readonly environment?: Partial<Run["environment"]>;
  };
  readonly operations: readonly StoredRow[];
  readonly segments?: readonly { readonly operations: readonly StoredRow[] }[];
  readonly migration?: Partial<MigrationSummary>;
}
