/** What would be left behind by a process that ended now, as sentences. */
const owed = new Set<{ readonly sentence: string }>();
let onPaid: () => void = () => {};

/**
 * Says that something must be done before the process may end, even by a user who wants to leave at once.
 * @param sentence what is left where there is no time for it, and how that is mended
 * @returns to be called when it is done
 */
export function owe(sentence: string): () => void {
  const debt = { sentence };
  owed.add(debt);
  return () => {
    owed.delete(debt);
    onPaid();
  };
}

/** What is owed now, a sentence each. */
export function debts(): string[] {
  return [...owed].map(({ sentence }) => sentence);
}

/** Calls `then` whenever something was done that was owed. */
export function whenPaid(then: () => void): void {
  onPaid = then;
}
