/** What would be left behind by a process that ended now. */
interface Debt {
  readonly sentence: string;
  /** Whether nobody may leave before it is done. */
  readonly binding: boolean;
}

const owed = new Set<Debt>();
let onPaid: () => void = () => {};

/**
 * Says that something must be done before the process may end, even by a user who wants to leave at once.
 * @param sentence what is left where there is no time for it, and how that is mended
 * @returns to be called when it is done
 */
export function owe(sentence: string): () => void {
  return oweAs({ sentence, binding: true });
}

/**
 * Says what is left where the process ends now, though nobody has to wait for it: it goes by itself after a while.
 * @param sentence what that is, and how it goes sooner
 * @returns to be called when it is gone
 */
export function mention(sentence: string): () => void {
  return oweAs({ sentence, binding: false });
}

function oweAs(debt: Debt): () => void {
  owed.add(debt);
  return () => {
    owed.delete(debt);
    onPaid();
  };
}

/** What is owed now, a sentence each. */
export function debts(): string[] {
  return [...owed].filter(({ binding }) => binding).map(({ sentence }) => sentence);
}

/** All that a process would leave behind that ended now, a sentence each. */
export function leftNow(): string[] {
  return [...owed].map(({ sentence }) => sentence);
}

/** Calls `then` whenever something was done that was owed. */
export function whenPaid(then: () => void): void {
  onPaid = then;
}
