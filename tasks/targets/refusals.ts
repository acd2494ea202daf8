/** What a cache did not do, and why: a stretch of time's count. */
export interface CacheRefusal {
  readonly doing: "read" | "write";
  /** Redis's own words, of the first of its kind: one printable line. */
  readonly reason: string;
  readonly count: number;
}

/** A server may word each refusal otherwise. */
const MOST_REASONS = 16;
const OTHER = "further reasons";
const MOST_CHARACTERS = 160;

/** Counts what a cache refuses, by the word that its errors begin with (OOM, READONLY, NOPERM, MOVED …). */
export class Refusals {
  readonly #counts = new Map<string, { doing: CacheRefusal["doing"]; reason: string; count: number }>();

  add(doing: CacheRefusal["doing"], { message }: Error): void {
    const reason = printable(message);
    const key = `${doing} ${/^(TAG )?[A-Z]{2,}(?= )/.exec(reason)?.[0] ?? reason}`;
    const known = this.#counts.get(key);
    if (known !== undefined) known.count++;
    else if (this.#counts.size < MOST_REASONS || reason === OTHER) {
      this.#counts.set(key, { doing, reason, count: 1 });
    } else this.add(doing, new Error(OTHER));
  }

  /** All since the last time of asking. */
  take(): CacheRefusal[] {
    const taken = [...this.#counts.values()].filter(({ count }) => count > 0).map((each) => ({ ...each }));
    // Kept, so that a reason is always told in the same words, and their number is bounded over the whole run.
    for (const each of this.#counts.values()) each.count = 0;
    return taken;
  }
}

function printable(text: string): string {
  const line = text.slice(0, 2 * MOST_CHARACTERS).replace(/[^\x20-\x7e]+/g, "?").trim();
  if (line.length > MOST_CHARACTERS) return `${line.slice(0, MOST_CHARACTERS - 3)}...`;
  return line || "no reason given";
}
