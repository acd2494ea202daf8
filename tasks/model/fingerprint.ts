/** The parts of a run's fingerprint: two runs are comparable where all of them agree. */
export const FINGERPRINT_PARTS = ["machine", "dataset", "load"] as const;
/** One of `FINGERPRINT_PARTS`. */
export type FingerprintPart = typeof FINGERPRINT_PARTS[number];

/** Facts by their names as people read them, in order, and a hash that is equal where all of them are. */
export interface FingerprintFacts {
  /** E.g. `cores` → `2`. */
  readonly values: Readonly<Record<string, string>>;
  /** 16 hex digits. */
  readonly hash: string;
}

/**
 * What must agree before two runs are compared: where they ran, on which data, under which load. Versions, settings,
 * statements, plans and the commit are not in it: whether they made a difference is what a comparison asks.
 */
export interface Fingerprint extends Readonly<Record<FingerprintPart, FingerprintFacts>> {
  /** Of all parts together, 16 hex digits. */
  readonly hash: string;
}

/** A fact in which two fingerprints differ. */
export interface FingerprintDifference {
  /** The part that it belongs to. */
  readonly part: FingerprintPart;
  /** Its name, e.g. `cores`. */
  readonly name: string;
  /** The value in the first; null: it has none. */
  readonly base: string | null;
  /** The value in the second; null: it has none. */
  readonly candidate: string | null;
}
