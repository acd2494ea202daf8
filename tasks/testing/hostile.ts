import texts from "./hostile_texts.json" with { type: "json" };

/** What somebody may have put into a label, a query or an error, each by what it tries. */
export const HOSTILE: readonly (readonly [what: string, text: string])[] = [
  ...Object.entries(texts),
  // A file of JSON holds none of them.
  ["halves of pairs", "a\ud800b\udc00"],
  ["a long text without a blank", "x".repeat(10_000)],
];

/** All of it at once. */
export const EVERYTHING: string = HOSTILE.map(([, text]) => text).join(" ");

/** Words of ours, by their keys: what they say decides what is shown. */
const OURS = new Set(
  ("verdict status kind loop arrivals role statistic segment phase outcome schema word tone part origin code state " +
    "variant level rule moment mode lockMode endedBy stage result from id runId startedAt scale unit")
    .split(" "),
);

/**
 * A value with a hostile text behind each of its own: in all of a summary, say, but for words that are Benchbook's own.
 * The same texts stay the same.
 * @param kept more keys whose texts stay
 */
export function poisoned<T>(value: T, text: string, kept: readonly string[] = []): T {
  const ours = new Set([...OURS, ...kept]);
  const visit = (each: unknown, key: string): unknown => {
    if (typeof each === "string") return ours.has(key) ? each : `${text}${each}`;
    if (Array.isArray(each)) return each.map((item) => visit(item, key));
    if (each === null || typeof each !== "object" || Object.getPrototypeOf(each) !== Object.prototype) {
      return each;
    }
    return Object.fromEntries(Object.entries(each).map(([name, item]) => [name, visit(item, name)]));
  };
  return visit(value, "") as T;
}
