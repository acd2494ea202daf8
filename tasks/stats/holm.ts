/**
 * Holm's step-down adjustment (1979): the chance of even one false finding among all comparisons stays below
 * the level. Same order as given; like R's `p.adjust(method = "holm")`.
 */
export function holm(ps: readonly number[]): number[] {
  const order = ps.map((_, at) => at).sort((a, b) => ps[a]! - ps[b]!);
  const adjusted = new Array<number>(ps.length);
  let largest = 0;
  order.forEach((at, place) => {
    largest = Math.max(largest, Math.min(1, (ps.length - place) * ps[at]!));
    adjusted[at] = largest;
  });
  return adjusted;
}
