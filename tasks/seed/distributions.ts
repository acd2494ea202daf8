import { UsageError } from "../model/errors.ts";
import { hint } from "../model/suggest.ts";

/** A number that shapes the data, with what it may be. */
export interface DeclaredNumber {
  readonly kind: "number";
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly about: string;
}

/** Relative weights of so many outcomes. */
export interface DeclaredWeights {
  readonly kind: "weights";
  readonly default: readonly number[];
  readonly about: string;
}

/** Everything that shapes a data set, by name. */
export type Declared = Readonly<Record<string, DeclaredNumber | DeclaredWeights>>;

/** A value for each declared name. */
export type Values = Readonly<Record<string, number | readonly number[]>>;

/** The values of a declaration, each with its own type. */
export type ValuesOf<D extends Declared> = {
  readonly [Name in keyof D]: D[Name] extends DeclaredNumber ? number : readonly number[];
};

export function number(value: number, [min, max]: readonly [number, number], about: string): DeclaredNumber {
  return { kind: "number", default: value, min, max, about };
}

export function weights(value: readonly number[], about: string): DeclaredWeights {
  return { kind: "weights", default: value, about };
}

/**
 * The declared values with what the user set otherwise.
 * @param given text by name; weights are separated by commas
 * @throws {UsageError} for an unknown name and for a value out of range
 */
export function resolveDistributions(declared: Declared, given: Readonly<Record<string, string>>): Values {
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(declared, name)) {
      throw new UsageError(
        `Cannot set the distribution "${name}": there is none of that name`,
        hint(name, Object.keys(declared)),
      );
    }
  }
  return Object.fromEntries(
    Object.entries(declared).map(([name, declaration]) => {
      const text = given[name];
      if (text === undefined) return [name, declaration.default];
      return [
        name,
        declaration.kind === "number" ? oneOf(name, declaration, text) : weightsOf(name, declaration, text),
      ];
    }),
  );
}

function oneOf(name: string, { min, max, about }: DeclaredNumber, text: string): number {
  const value = text.trim() === "" ? NaN : Number(text);
  if (!(value >= min && value <= max)) {
    throw new UsageError(
      `Cannot set the distribution ${name} (${about}) as it must be a number from ${min} to ${max}: it is "${text}"`,
    );
  }
  return value;
}

function weightsOf(name: string, { default: usual, about }: DeclaredWeights, text: string): number[] {
  const values = text.split(",").map((part) => part.trim() === "" ? NaN : Number(part));
  const sum = values.reduce((total, value) => total + value, 0);
  if (
    values.length !== usual.length || !values.every((value) => value >= 0) || !(sum > 0 && sum < Infinity)
  ) {
    throw new UsageError(
      `Cannot set the distribution ${name} (${about}) as it must be ${usual.length} weights, ` +
        `none negative and not all zero: it is "${text}"`,
      `Write it like ${name}=${usual.join(",")}.`,
    );
  }
  return values;
}
