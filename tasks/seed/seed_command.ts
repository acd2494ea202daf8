/** What was, or is to be, seeded. */
interface Seeded {
  /** Of the data set. */
  readonly dataset: string;
  readonly scale: string;
  readonly seed: number;
  /** How it differs from the plain scale, as in `DataSpec`. */
  readonly variation: string;
}

/** The command that makes the data set of an embedded database anew, whatever was changed in it; as a part of a sentence. */
export function seedAnewCommand({ dataset, scale, seed, variation }: Seeded): string {
  const options = [
    ...dataset === "northwind" ? [] : ["--dataset", dataset],
    ...["--scale", scale],
    ...seed === 42 ? [] : ["--seed", seed],
    "--replace",
  ];
  const varied = variation === "" ? "" : ` with the options that it was seeded by (${variation})`;
  return `\`deno task seed ${options.join(" ")}\`${varied}`;
}
