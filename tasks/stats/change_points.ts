import { levelShift } from "./level_shift.ts";
import { mad, median } from "./robust.ts";

/** How a change is told from noise. */
export interface ChangePointOptions {
  /** Fewest points between two changes. */
  readonly minLength: number;
  /** Smallest difference of the medians before and after a change, in the unit of the values. */
  readonly minChange: number;
  /** Share of series without a change in which one may be found; 0.05 where several are not judged together. */
  readonly share?: number;
}

/** Spikes further from their neighbours' median than so many standard deviations are replaced by it. */
const SPIKE = 3;
/** On each side of a point, fewer at the ends; with the point itself, nine: five spikes in nine would be a level. */
const NEIGHBOURS = 4;
/** Share of series without a change in which one may be found. */
const SHARE = 0.05;

/**
 * Where the level of a series changes: the indices at which a new level begins, ascending. The series is cut where its
 * level shifts most surely, as noise that hangs together does not explain (`levelShift`), and so are its parts (binary
 * segmentation, Vostrikova 1981). Spikes are replaced by the median around them before, so that they are no levels of
 * their own. Neighbouring segments whose medians differ by less than `minChange` are joined, the most alike first.
 *
 * A drift shows as a stair of changes. Fewer than twice `minLength` values have none, nor have fewer than ten.
 */
export function changePoints(values: readonly number[], options: ChangePointOptions): number[] {
  const { minLength, minChange, share = SHARE } = options;
  if (values.length < 2 * minLength) return [];
  // Noise far below a change that counts is not worth telling apart; without a floor a constant series had none.
  const floor = minChange / 5;
  const smooth = withoutSpikes(values, Math.max(noise(values), floor));
  const cut = (from: number, to: number): number[] => {
    const shift = levelShift(smooth.slice(from, to), { minLength, floor, share });
    if (shift === null) return [];
    const at = from + shift.at;
    return [...cut(from, at), at, ...cut(at, to)];
  };
  return joined(values, cut(0, values.length), minChange);
}

/**
 * The standard deviation of the noise around a level that may change: from differences of neighbours. Where noise
 * hangs together its next neighbour differs too little, so those two and three places on are asked too.
 */
function noise(values: readonly number[]): number {
  const spreads = [1, 2, 3].map((lag) =>
    mad(values.slice(lag).map((value, at) => value - values[at]!))! / Math.SQRT2
  );
  return Math.max(...spreads);
}

/** Hampel's filter: what lies far from its neighbours is replaced by their median. */
function withoutSpikes(values: readonly number[], scale: number): number[] {
  return values.map((value, at) => {
    const centre = median(values.slice(Math.max(0, at - NEIGHBOURS), at + NEIGHBOURS + 1))!;
    return Math.abs(value - centre) > SPIKE * scale ? centre : value;
  });
}

/** Leaves out changes between segments that are alike, the least first. */
function joined(values: readonly number[], changes: readonly number[], minChange: number): number[] {
  const left = [...changes];
  while (left.length > 0) {
    const bounds = [0, ...left, values.length];
    const levels = bounds.slice(1).map((to, at) => median(values.slice(bounds[at]!, to))!);
    const steps = levels.slice(1).map((level, at) => Math.abs(level - levels[at]!));
    const least = Math.min(...steps);
    if (least >= minChange) break;
    left.splice(steps.indexOf(least), 1);
  }
  return left;
}
