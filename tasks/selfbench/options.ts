import { type Command, InvalidArgumentError } from "commander";
import { command } from "../terminal/command.ts";
import { count } from "../terminal/count.ts";
import { type Size, SIZES } from "./sizes.ts";

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

/** What a number that says how much is measured is for, what it counts, and its bounds. */
type Sized = readonly [about: string, what: string, least: number, most: number];

/** The command line of a part, with the options that decide how long it takes: by default at their real sizes. */
export function partCommand<Part extends keyof typeof SIZES>(
  part: Part,
  title: string,
  sized: Readonly<Record<keyof typeof SIZES[Part], Sized>>,
): Command {
  const task = command(`selfbench ${part}`, title);
  const sizes: Readonly<Record<string, Size>> = SIZES[part];
  for (const [name, [about, what, least, most]] of Object.entries<Sized>(sized)) {
    task.option(`--${name} <n>`, about, count(what, least, most), sizes[name]!.real);
  }
  return task;
}

/** What a part is asked for, and whether as JSON. @throws for a command line that cannot be meant */
export function readPart<Plan>(task: Command, args: readonly string[]): Plan & { readonly json: boolean } {
  return task
    .option("--json", "print the result as JSON on stdout, and all other output on stderr", false)
    .parse([...args], { from: "user" })
    .opts();
}
