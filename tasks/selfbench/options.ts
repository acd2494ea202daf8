import { InvalidArgumentError } from "commander";

/** Reads an option's list of names. */
export function namesOf(known: readonly string[]): (text: string) => readonly string[] {
  return (text) => {
    const names = text.split(",").map((name) => name.trim());
    const unknown = names.find((name) => !known.includes(name));
    if (unknown !== undefined) {
      throw new InvalidArgumentError(`There is no "${unknown}". Known: ${known.join(", ")}.`);
    }
    return names;
  };
}
