import { type Counter, counter } from "../random/counter.ts";
import { exponential, lognormal, normal } from "../random/distributions.ts";
import { zipf } from "../random/zipf.ts";
import type { GeneratorContext } from "./customisation.ts";

/** Random values that one row may draw for one column; a line of a unit has as many lanes of its own. */
const MAX_DRAWS = 65536;

/** The context of a column's generator, moved from row to row. */
export interface MovableContext {
  readonly context: GeneratorContext;
  /** Stands at a row, before its first random value. @param value reads what Benchbook would have written */
  move(row: number, line: number, value: () => string | null): void;
}

/**
 * Opens the random values of a column: functions of (seed, column, row, line, how many were drawn before), so
 * that any worker makes the same row and no column depends on which others are generated.
 * @param column its name with the table's
 */
export function movableContext(seed: number, column: string): MovableContext {
  const values = counter(seed, `custom.${column}`);
  let row = 0;
  let line = 0;
  let draws = 0;
  let value: () => string | null = () => null;

  const random = () => {
    if (draws === MAX_DRAWS) throw new RangeError(`A row may draw ${MAX_DRAWS} random values, and not more`);
    return values.float(row, line * MAX_DRAWS + draws++);
  };
  // Rejection in `zipf` takes the next values too, whatever lane it asks for.
  const next: Counter = {
    u32: () => Math.floor(random() * 2 ** 32),
    float: random,
    integer: (_index, _lane, below) => integer(below),
  };
  const integer = (below: number) => {
    if (!(Number.isInteger(below) && below >= 1 && below <= 2 ** 32)) {
      throw new RangeError(`integer(below) needs a whole number from 1 to 2^32: it is ${below}`);
    }
    return Math.floor(random() * below);
  };

  // Functions and not methods: generators take them out of the context. Values are made when they are asked for.
  const context: GeneratorContext = {
    get row() {
      return row;
    },
    get line() {
      return line;
    },
    get value() {
      return value();
    },
    seed,
    random,
    integer,
    pick: (choices, weights) => {
      if (choices.length === 0) throw new RangeError("pick(values) needs at least one value: there is none");
      return choices[weights ? weighted(random(), weights, choices.length) : integer(choices.length)]!;
    },
    normal: (mean = 0, deviation = 1) => mean + deviation * normal(random()),
    lognormal: (median, sigma) => lognormal(random(), median, sigma),
    exponential: (mean) => exponential(random(), mean),
    zipf: (n, s) => zipf(n, s).sample(next, 0, 0),
  };
  return {
    context: Object.freeze(context),
    move(newRow, newLine, newValue) {
      row = newRow;
      line = newLine;
      value = newValue;
      draws = 0;
    },
  };
}

/** An index by relative weights. They may change from call to call, so that no alias table is worth building. */
function weighted(u: number, weights: readonly number[], size: number): number {
  let total = 0;
  for (const weight of weights) total += weight >= 0 ? weight : NaN;
  if (weights.length !== size || !(total > 0 && total < Infinity)) {
    throw new RangeError(
      `pick(values, weights) needs ${size} weights, none negative and not all zero: they are ${weights}`,
    );
  }
  let rest = u * total;
  let last = 0;
  for (let index = 0; index < size; index++) {
    if (weights[index] === 0) continue;
    if (rest < weights[index]!) return index;
    rest -= weights[index]!;
    last = index;
  }
  // Rounding may leave a rest; it belongs to the last that has a weight.
  return last;
}
