/** What changing a column's type takes. */
export type TypeChange = "rewrite" | "catalogue" | "unknown";

interface Parsed {
  readonly base: string;
  readonly numbers: readonly number[];
}

function parsed(type: string): Parsed {
  const numbers = /\(([\d,]+)\)/.exec(type)?.[1]?.split(",").map(Number) ?? [];
  return { base: type.replace(/\([\d,]+\)/, ""), numbers };
}

/** Whose values are the same on disk: from, to. */
const SAME_ON_DISK: readonly (readonly [from: string, to: string])[] = [
  ["character varying", "text"],
  ["text", "character varying"],
  ["xml", "text"],
  ["xml", "character varying"],
  ["cidr", "inet"],
  ["integer", "oid"],
  ["oid", "integer"],
  ["citext", "text"],
  ["text", "citext"],
  ["character varying", "citext"],
  ["citext", "character varying"],
  ["bit", "bit varying"],
  ["oid", "regclass"],
  ["regclass", "oid"],
];

/** Types that only get stricter by a smaller number after their name; without one they are the widest. */
const WIDENED = /^(character varying|bit varying|numeric|interval|(timestamp|time) with(out)? time zone)$/;
const TIME = /^(timestamp |time |interval$)/;

/**
 * Whether a table is written anew when a column of it gets another type.
 * @param from `format_type`'s words; null: not known
 * @param to the same
 */
export function typeChange(from: string | null, to: string): TypeChange {
  const after = parsed(to);
  if (from === null) return "unknown";
  if (from === to) return "catalogue";
  const before = parsed(from);
  if (before.base === after.base) {
    return WIDENED.test(after.base) && holdsAll(after, before) ? "catalogue" : "rewrite";
  }
  // A length is one that no value is held to yet.
  const isSame = SAME_ON_DISK.some(([one, other]) => one === before.base && other === after.base);
  return isSame && (after.numbers.length === 0) ? "catalogue" : "rewrite";
}

function holdsAll(
  { base, numbers: [width, scale = 0] }: Parsed,
  { numbers: [old, oldScale = 0] }: Parsed,
): boolean {
  if (width === undefined) return true;
  if (old === undefined) return TIME.test(base) && width >= 6;
  return width >= old && scale === oldScale;
}
