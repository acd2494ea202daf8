/** An exact decimal number: unscaled / 10^scale. */
export interface Decimal {
  readonly unscaled: bigint;
  /** Digits after the point, 0 or more. */
  readonly scale: number;
}

/** Neither so long a text nor so large an exponent is a sensible number, and both could take any memory. */
const MAX_LENGTH = 2000;

/** The number that a decimal text such as `-12.50` or `1.5e-7` stands for, with the digits it is written with. */
export function parseDecimal(text: string): Decimal | undefined {
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/.exec(text);
  if (!match || text.length > MAX_LENGTH) return undefined;
  const [, sign, whole = "", fraction = "", exponent = "0"] = match;
  const shift = Number(exponent);
  if (whole + fraction === "" || Math.abs(shift) > MAX_LENGTH) return undefined;
  const digits = BigInt(whole + fraction);
  const unscaled = sign === "-" ? -digits : digits;
  const scale = fraction.length - shift;
  return scale >= 0 ? { unscaled, scale } : { unscaled: unscaled * 10n ** BigInt(-scale), scale: 0 };
}

/**
 * The number in units of 10^-scale, ties away from zero, as PostgreSQL rounds a numeric.
 * @param scale digits after the point; negative for tens, hundreds …
 */
export function roundDecimal(number: Decimal, scale: number): bigint {
  const drop = number.scale - scale;
  if (drop <= 0) return number.unscaled * 10n ** BigInt(-drop);
  const unit = 10n ** BigInt(drop);
  const half = unit / 2n;
  return (number.unscaled + (number.unscaled < 0n ? -half : half)) / unit;
}

/** Plain digits, as many after the point as the scale says. */
export function formatDecimal({ unscaled, scale }: Decimal): string {
  const sign = unscaled < 0n ? "-" : "";
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, "0");
  if (scale === 0) return sign + digits;
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}
