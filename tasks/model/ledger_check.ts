/** What came of a check of the ledger, by writes whose truth is known. */
export interface LedgerCheck {
  /** Of each fault how many were injected, and how many of these the ledger told for what they were. */
  readonly faults: readonly { readonly fault: string; readonly injected: number; readonly caught: number }[];
  /** Writes of the load with faults of which the ledger told what was not done to them. */
  readonly alarms: number;
  /** Loads in which nothing was wrong. */
  readonly clean: { readonly runs: number; readonly writes: number; readonly alarms: number };
}

/** Whether the ledger has caught all that it must, and nothing else. */
export function isTrusted({ faults, alarms, clean }: LedgerCheck): boolean {
  return alarms === 0 && clean.alarms === 0 &&
    faults.every(({ injected, caught }) => injected > 0 && caught === injected);
}
