import { InvalidArgumentError } from "commander";

/** Reads an option's whole number. @param what the number's name, for people */
export function count(what: string, min: number, max: number): (text: string) => number {
  return (text) => {
    const value = text.trim() === "" ? NaN : Number(text);
    if (!(Number.isInteger(value) && value >= min && value <= max)) {
      throw new InvalidArgumentError(`The ${what} must be a whole number from ${min} to ${max}.`);
    }
    return value;
  };
}
