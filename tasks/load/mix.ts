import type { KeySpace } from "../model/dataset.ts";
import type { Draw, ScenarioOperation } from "../model/scenario.ts";
import { alias } from "../random/alias.ts";
import { type Counter, counter } from "../random/counter.ts";
import { truncatedExponential } from "../random/distributions.ts";
import { permutation } from "../random/permutation.ts";
import { zipf } from "../random/zipf.ts";
import type { Value } from "../targets/target.ts";

/** Which operation a slot asks, and with which values: a pure function of (seed, slot). */
export interface Mix {
  /** Index into the scenario's operations. */
  operationOf(slot: number): number;
  /** The operation's values for this slot, by parameter name. */
  valuesOf(slot: number, operation: number): Values;
}

type Values = Readonly<Record<string, Value>>;
type Sampler = (slot: number, random: Counter, lane: number, before: Values) => Value;

/** Lanes of randomness that one parameter may use. */
const LANES = 16;

export function mix(
  operations: readonly ScenarioOperation[],
  keySpaces: Readonly<Record<string, KeySpace>>,
  seed: number,
): Mix {
  const choice = counter(seed, "operation");
  const weights = alias(operations.map((operation) => operation.weight));
  const samplers = operations.map((operation) =>
    Object.entries(operation.params).map(([name, draw], index) => ({
      name,
      lane: index * LANES,
      random: counter(seed, `${operation.name}.${name}`),
      sample: sampler(draw, keySpaces, seed),
    }))
  );
  return {
    operationOf: (slot) => weights.sample(choice.float(slot, 0)),
    valuesOf(slot, operation) {
      const values: Record<string, Value> = {};
      for (const { name, lane, random, sample } of samplers[operation]!) {
        values[name] = sample(slot, random, lane, values);
      }
      return values;
    },
  };
}

function sampler(draw: Draw, keySpaces: Readonly<Record<string, KeySpace>>, seed: number): Sampler {
  switch (draw.kind) {
    case "zipf": {
      const space = keySpaces[draw.keys]!;
      const ranks = zipf(space.count, draw.s);
      // Popular keys lie scattered, as in life; rank order would put them all on the first pages.
      const place = permutation(space.count, seed, draw.keys);
      return (slot, random, lane) => space.key(place(ranks.sample(random, slot, lane)));
    }
    case "uniform": {
      const space = keySpaces[draw.keys]!;
      return (slot, random, lane) => space.key(Math.floor(random.float(slot, lane) * space.count));
    }
    case "recent": {
      const space = keySpaces[draw.keys]!;
      return (slot, random, lane) => {
        const age = truncatedExponential(random.float(slot, lane), draw.mean, 1);
        return space.key(space.count - 1 - Math.floor(age * space.count));
      };
    }
    case "integer":
      return (slot, random, lane) =>
        draw.min + Math.floor(random.float(slot, lane) * (draw.max - draw.min + 1));
    case "choice": {
      const table = alias(draw.weights ?? draw.values.map(() => 1));
      return (slot, random, lane) => draw.values[table.sample(random.float(slot, lane))]!;
    }
    case "sample": {
      const space = keySpaces[draw.keys]!;
      return (slot, random, lane) => distinct(draw.count, space, slot, random, lane);
    }
    case "integers":
      return (slot, random, lane) =>
        Array.from(
          { length: draw.count },
          (_, index) => draw.min + Math.floor(random.float(slot, lane + index) * (draw.max - draw.min + 1)),
        );
    case "after":
      return (_slot, _random, _lane, before) => daysAfter(before[draw.of] as string, draw.days);
    case "reserved": {
      const space = keySpaces[draw.keys]!;
      return (slot) => space.key(slot);
    }
  }
}

function daysAfter(date: string, days: number): string {
  return new Date(Date.parse(date) + days * 86_400_000).toISOString().slice(0, 10);
}

/** `count` different keys: one from each of as many equal parts of the key space. */
function distinct(
  count: number,
  space: KeySpace,
  slot: number,
  random: Counter,
  lane: number,
): (string | number)[] {
  return Array.from({ length: count }, (_, index) => {
    const from = Math.floor(index * space.count / count);
    const to = Math.floor((index + 1) * space.count / count);
    return space.key(from + Math.floor(random.float(slot, lane + index) * (to - from)));
  });
}
