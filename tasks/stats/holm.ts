/**
 * Holm's step-down adjustment ("A simple sequentially rejective multiple test procedure", Scandinavian Journal of
 * Statistics 6, 1979): the chance of even one false finding among all comparisons stays below
 * the level. Same order as given; like R's `p.adjust(method = "holm")`.
 */
export function holm(ps: readonly number[]): number[] {
  return stepDown(ps, (among) => 1 / among).map((part) => Math.min(1, part));
}

/**
 * Holm's steps where a comparison's limit is not in proportion to its share of the level, as it is not at one of several
 * looks: the smallest p has the limit of one among all, the next one that of one among the others, and so on (Maurer and
 * Bretz, "Multiple testing in group sequential trials using graphical approaches", Statistics in Biopharmaceutical
 * Research 5, 2013).
 * @param limit of one among so many comparisons; 0: none can have a finding
 * @returns each p as a part of its limit: up to 1 it is a finding
 */
export function stepDown(ps: readonly number[], limit: (among: number) => number): number[] {
  const order = ps.map((_, at) => at).sort((a, b) => ps[a]! - ps[b]!);
  const parts = new Array<number>(ps.length);
  let largest = 0;
  order.forEach((at, place) => {
    const most = limit(ps.length - place);
    largest = Math.max(largest, most === 0 ? Infinity : ps[at]! / most);
    parts[at] = largest;
  });
  return parts;
}
