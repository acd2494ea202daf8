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
  /**
   * Index into the scenario's operations.
   * @param stream whose slot it is; without it the operations of all streams take part (closed loop)
   */
  operationOf(slot: number, stream?: number): number;
  /**
   * The operation's values for this slot, by parameter name.
   * @param captured what earlier steps of the slot's session answered
   */
  valuesOf(slot: number, operation: number, captured?: Captured): Values;
}

/** The first row of each answer so far in a session, by the step's name. */
export type Captured = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** In place of answers that are not at hand: what they would give is undefined. */
export const NOT_CAPTURED: Captured = new Proxy({}, { get: () => ({}) });

/** What is drawn from. */
export interface Draws {
  readonly keySpaces: Readonly<Record<string, KeySpace>>;
  readonly sources: Readonly<Record<string, SourceRows>>;
}

/** The rows of a source, by column. */
export interface SourceRows {
  readonly rows: number;
  readonly columns: Readonly<Record<string, readonly Value[]>>;
}

/** The part of a stream that decides about its operations. */
export interface MixStream {
  readonly rate: number;
  readonly first: number;
  readonly count: number;
}

type Values = Readonly<Record<string, Value>>;
type Sampler = (slot: number, random: Counter, lane: number, before: Values, captured: Captured) => Value;

/** Lanes of randomness that one parameter may use. */
const LANES = 16;

/** @param streams that the operations belong to, in their order */
export function mix(
  operations: readonly ScenarioOperation[],
  streams: readonly MixStream[],
  draws: Draws,
  seed: number,
): Mix {
  const operationOf = operationChoice(operations, streams, seed);
  const samplers = operations.map((operation) =>
    Object.entries(operation.params).map(([name, draw], index) => ({
      name,
      lane: index * LANES,
      random: counter(seed, `${operation.name}.${name}`),
      sample: sampler(draw, draws, seed),
    }))
  );
  return {
    operationOf,
    valuesOf(slot, operation, captured = {}) {
      const values: Record<string, Value> = {};
      for (const { name, lane, random, sample } of samplers[operation]!) {
        values[name] = sample(slot, random, lane, values, captured);
      }
      return values;
    },
  };
}

/**
 * Which operation each slot asks: the half of a mix that needs neither key spaces nor sources.
 * @param operations only their weights count
 * @param streams that the operations belong to, in their order
 */
export function operationChoice(
  operations: readonly Pick<ScenarioOperation, "weight">[],
  streams: readonly MixStream[],
  seed: number,
): Mix["operationOf"] {
  const choice = counter(seed, "operation");
  const weightsOf = ({ first, count }: MixStream) =>
    operations.slice(first, first + count).map(({ weight }) => weight);
  const ofStream = streams.map((stream) => alias(weightsOf(stream)));
  const ofAll = alias(streams.flatMap((stream) => {
    const weights = weightsOf(stream);
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return weights.map((weight) => stream.rate * weight / sum);
  }));
  return (slot, stream) => {
    const u = choice.float(slot, 0);
    return stream === undefined ? ofAll.sample(u) : streams[stream]!.first + ofStream[stream]!.sample(u);
  };
}

function sampler(draw: Draw, { keySpaces, sources }: Draws, seed: number): Sampler {
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
    case "source":
      return sourceSampler(draw, sources[draw.source]!, counter(seed, `source.${draw.source}`));
    case "captured":
    case "carried":
      // Checked before the step: a session whose earlier answer had no row ends there.
      return (_slot, _random, _lane, _before, captured) => captured[draw.from]![draw.column] as Value;
  }
}

/** All parameters of a slot that name one source draw by the same counter, and so get the same row. */
function sourceSampler(
  { column, pick = "uniform", s = 1 }: Draw & { kind: "source" },
  { rows, columns }: SourceRows,
  random: Counter,
): Sampler {
  const values = columns[column]!;
  switch (pick) {
    case "uniform":
      return (slot) => values[Math.floor(random.float(slot, 0) * rows)]!;
    case "zipf": {
      const ranks = zipf(rows, s);
      return (slot) => values[ranks.sample(random, slot, 0)]!;
    }
    case "in order":
      return (slot) => values[slot % rows]!;
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
