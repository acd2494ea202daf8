/** As `Math.max`, of more values than a call takes arguments. */
export function largest(...values: readonly (number | readonly number[])[]): number {
  return reduced(values, (a, b) => Math.max(a, b), -Infinity);
}

/** As `Math.min`, likewise. */
export function least(...values: readonly (number | readonly number[])[]): number {
  return reduced(values, (a, b) => Math.min(a, b), Infinity);
}

function reduced(
  values: readonly (number | readonly number[])[],
  pick: (a: number, b: number) => number,
  empty: number,
): number {
  let picked = empty;
  for (const value of values) {
    if (typeof value === "number") picked = pick(picked, value);
    else for (const one of value) picked = pick(picked, one);
  }
  return picked;
}
