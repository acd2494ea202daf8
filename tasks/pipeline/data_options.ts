import { createHash } from "node:crypto";
import { type Command, InvalidArgumentError, Option } from "commander";
import { pair } from "./option_values.ts";
import { SCALES } from "../model/dataset.ts";
import type { LoadedScenario } from "../load/scenario.ts";
import { UsageError } from "../model/errors.ts";
import { hint } from "../model/suggest.ts";
import { formatCount } from "../model/units.ts";
import { datasets } from "../seed/catalog.ts";
import { loadCustomisation } from "../seed/custom.ts";
import { type DataRequest, type DataSpec, resolveData } from "../seed/spec.ts";

/** What the command line said about the data. */
export interface DataArguments {
  readonly scale: string;
  readonly seed: number;
  readonly distribution: Readonly<Record<string, string>>;
  readonly custom?: string;
  readonly replace: boolean;
  /** Count options bear the names of the data sets' own. */
  readonly [count: string]: unknown;
}

const REPLACE =
  "on your own server: replace the data set of another scale, seed or version; of `seed` on the embedded one: make it " +
  "anew, whatever was changed in it";

/** Adds the options that say which data are wanted. */
export function addDataOptions(command: Command): Command {
  command
    .addOption(new Option("--scale <scale>", `size of the data: ${SCALES.join(", ")}`).default("small"))
    .addOption(new Option("--seed <n>", "seed of the data and of the load").argParser(seed).default(42));
  for (const [dataset, { countOptions }] of Object.entries(datasets)) {
    for (const [name, { describe }] of Object.entries(countOptions)) {
      command.option(`--${name} <n>`, `${dataset}: ${describe}, instead of the scale's`, whole);
    }
  }
  return command
    .option(
      "--distribution <name=value>",
      "a number that shapes the data; may be repeated",
      pair("orders.customerSkew=1.1"),
      {},
    )
    .option("--custom <file>", "TypeScript file with column generators of your own")
    .option(
      "--replace",
      REPLACE,
      false,
    );
}

/**
 * Which data a command line asks for, checked.
 * @param dataset for which count options count
 * @throws {UsageError} for anything that cannot be meant
 */
export async function dataRequest(dataset: string, given: DataArguments): Promise<DataRequest> {
  if (!Object.hasOwn(datasets, dataset)) {
    throw new UsageError(
      `Cannot seed the data set "${dataset}": it is unknown`,
      hint(dataset, Object.keys(datasets)),
    );
  }
  const names = Object.values(datasets).flatMap(({ countOptions }) => Object.keys(countOptions));
  const counts = Object.fromEntries(
    names.filter((name) => given[name] !== undefined).map((name) => [name, given[name] as number]),
  );
  const { scale, seed, distribution: distributions } = given;
  const custom = given.custom === undefined ? null : await loadCustomisation(given.custom, Deno.cwd());
  const request = { dataset, scale, seed, counts, distributions, custom };
  resolveData(request);
  return request;
}

/**
 * The data that a scenario is to be run against, checked: also whether it has the rows that settings speak of.
 * @returns null where the scenario brings tables of its own
 * @throws {UsageError} for anything that cannot be meant, and for a setting beyond what is seeded
 */
export async function dataOf(
  { datasetName, settings, seeded }: Pick<LoadedScenario, "datasetName" | "settings" | "seeded">,
  given: DataArguments,
): Promise<DataRequest | null> {
  if (datasetName === null) return null;
  const request = await dataRequest(datasetName, given);
  const { counts } = resolveData(request).shape;
  for (const [setting, count] of Object.entries(seeded)) {
    const wanted = settings[setting] as number;
    const there = counts[count]!;
    if (wanted <= there) continue;
    throw new UsageError(
      `Cannot set ${setting}=${formatCount(wanted)}: ` +
        `${datasetName} at the scale ${request.scale} has ${formatCount(there)} ${count}`,
      `Give --set ${setting}=${there} or less, --${count} ${wanted}, or a larger --scale.`,
    );
  }
  return request;
}

/** The database of a data set on an embedded server: each (data set, scale, seed, variation) has one of its own. */
export function databaseName({ dataset, scale, shape, variation }: DataSpec): string {
  const plain = `${dataset.name}_${scale}_${shape.seed}`;
  if (variation === "") return plain;
  return `${plain}_${createHash("sha256").update(variation).digest("hex").slice(0, 10)}`;
}

function seed(text: string): number {
  const value = Number(text);
  if (!(text !== "" && Number.isSafeInteger(value) && value >= 0 && value <= 0xffff_ffff)) {
    throw new InvalidArgumentError("The seed must be a whole number from 0 to 4294967295.");
  }
  return value;
}

/** Only the form; what a count may be its data set knows. */
function whole(text: string): number {
  const value = text.trim() === "" ? NaN : Number(text);
  if (Number.isNaN(value)) throw new InvalidArgumentError("It must be a whole number.");
  return value;
}
