// PostgreSQL prints the shortest digits between a number's neighbours, but never digits that stand exactly halfway
// to one of them (Ryu without its bounds, src/common/d2s.c); JavaScript takes those too. So the double that both
// read 1e23 as is 1e+23 in JavaScript and 9.999999999999999e+22 in PostgreSQL.

interface Format {
  /** Bits of the significand, the hidden one included. */
  readonly bits: number;
  /** The power of two that the last bit of the smallest numbers stands for. */
  readonly least: number;
  /** From this decimal exponent on numbers are printed with it. */
  readonly scientific: number;
}

const DOUBLE: Format = { bits: 53, least: -1074, scientific: 15 };
const SINGLE: Format = { bits: 24, least: -149, scientific: 6 };

/** A finite number as a `double precision` column prints it; zero has no sign. */
export function doubleText(value: number): string {
  // Below 2^53 nothing of 17 digits stands halfway between two doubles, and the fast way is the same.
  return layout(Math.abs(value) < 2 ** 53 ? value.toExponential() : shortest(value, DOUBLE), DOUBLE);
}

/** A finite number as a `real` column prints it; undefined where a real cannot hold it. */
export function realText(value: number): string | undefined {
  const single = Math.fround(value);
  if (!Number.isFinite(single) || single === 0 && value !== 0) return undefined;
  return layout(single === 0 ? single.toExponential() : shortest(single, SINGLE), SINGLE);
}

/**
 * The shortest digits strictly less than half a step away in either direction, of these the nearest, ties to even:
 * exactly, by whole numbers.
 * @param value not zero
 * @returns JavaScript's scientific form
 */
function shortest(value: number, { bits, least }: Format): string {
  const size = Math.abs(value);
  let power = Math.max(least, Math.floor(Math.log2(size)) - bits + 1);
  // The logarithm is rounded, and may have reached the next whole number.
  if (size / 2 ** power >= 2 ** bits) power++;
  else if (power > least && size / 2 ** power < 2 ** (bits - 1)) power--;
  const significand = size / 2 ** power;
  const closerBelow = significand === 2 ** (bits - 1) && power > least;

  // Everything as a whole number of quarter steps, and these as numerator / denominator.
  const quarter = 2n ** BigInt(Math.abs(power - 2));
  const numerator = power >= 2 ? quarter : 1n;
  const denominator = power >= 2 ? 1n : quarter;
  const exact = BigInt(significand) * 4n * numerator;
  const low = exact - (closerBelow ? 1n : 2n) * numerator;
  const high = exact + 2n * numerator;

  const top = Number(size.toExponential().split("e")[1]);
  for (let place = top;; place--) {
    const unit = denominator * (place > 0 ? 10n ** BigInt(place) : 1n);
    const scale = place < 0 ? 10n ** BigInt(-place) : 1n;
    const below = exact * scale / unit;
    const rest = 2n * (exact * scale - below * unit);
    const up = rest > unit || rest === unit && below % 2n === 1n;
    const digits = (up ? [below + 1n, below] : [below, below + 1n])
      .find((candidate) => candidate * unit > low * scale && candidate * unit < high * scale)?.toString();
    if (digits === undefined) continue;
    return `${value < 0 ? "-" : ""}${digits[0]}.${digits.slice(1)}e${place + digits.length - 1}`;
  }
}

/** Digits in scientific form as PostgreSQL lays them out. */
function layout(text: string, { scientific }: Format): string {
  const [, sign, first, fraction = "", power] = /^(-?)(\d)(?:\.(\d*?)0*)?e(.+)$/.exec(text)!;
  const exponent = Number(power);
  if (exponent < -4 || exponent >= scientific) {
    const places = String(Math.abs(exponent)).padStart(2, "0");
    return `${sign}${first}${fraction === "" ? "" : `.${fraction}`}e${exponent < 0 ? "-" : "+"}${places}`;
  }
  const digits = (first! + fraction).padEnd(exponent + 1, "0");
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  const rest = digits.slice(exponent + 1);
  return `${sign}${digits.slice(0, exponent + 1)}${rest === "" ? "" : `.${rest}`}`;
}
