import { UsageError } from "../model/errors.ts";
import { hint } from "../model/suggest.ts";
import { datasets } from "./catalog.ts";
import type { LoadedCustomisation } from "./custom.ts";
import type { Dataset, Shape } from "./dataset.ts";
import { resolveDistributions } from "./distributions.ts";

/** Which data are wanted, as the user said it. */
export interface DataRequest {
  readonly dataset: string;
  readonly scale: string;
  readonly seed: number;
  /** Counts that differ from the scale's, by count option. */
  readonly counts?: Readonly<Record<string, number>>;
  /** Distributions that differ from the declared ones, as text by name. */
  readonly distributions?: Readonly<Record<string, string>>;
  /** The user's own column generators. */
  readonly custom?: LoadedCustomisation | null;
}

/** Which data are wanted, checked and complete. */
export interface DataSpec {
  readonly dataset: Dataset;
  readonly scale: string;
  readonly shape: Shape;
  readonly custom: LoadedCustomisation | null;
  /** How it differs from the plain scale, e.g. `customers=500 orders.customerSkew=1.1`; empty where it does not. */
  readonly variation: string;
}

/**
 * Checks a request and fills in what the scale says.
 * @throws {UsageError} for an unknown data set, scale, count or distribution and for values out of range
 */
export function resolveData(request: DataRequest): DataSpec {
  const { dataset: name, scale, seed, custom = null } = request;
  const dataset = Object.hasOwn(datasets, name) ? datasets[name] : undefined;
  if (!dataset) {
    throw new UsageError(
      `Cannot seed the data set "${name}": there is none of that name`,
      hint(name, Object.keys(datasets)),
    );
  }
  const usual = Object.hasOwn(dataset.scales, scale) ? dataset.scales[scale] : undefined;
  if (!usual) {
    throw new UsageError(
      `Cannot seed ${name} at the scale "${scale}": it has none`,
      hint(scale, Object.keys(dataset.scales)),
    );
  }
  if (!Number.isSafeInteger(seed)) {
    throw new UsageError(`Cannot seed ${name} with the seed ${seed}: it must be a whole number`);
  }
  if (custom !== null && custom.dataset !== name) {
    throw new UsageError(
      `Cannot use ${custom.path} for the data set ${name}: it is for "${custom.dataset}"`,
      `Give --dataset ${custom.dataset}.`,
    );
  }
  const counts = resolveCounts(dataset, usual, request.counts ?? {});
  const texts = { ...custom?.distributions, ...request.distributions };
  const distributions = resolveDistributions(dataset.declared, texts);
  const changes = [
    ...Object.keys(counts).filter((key) => counts[key] !== usual[key]).map((key) => `${key}=${counts[key]}`),
    ...Object.entries(dataset.declared)
      .filter(([key, { default: value }]) => String(distributions[key]) !== String(value))
      .map(([key]) => `${key}=${distributions[key]}`),
    ...custom === null ? [] : [`custom=${custom.sha256.slice(0, 16)}`],
  ];
  return {
    dataset,
    scale,
    shape: { seed, counts, distributions },
    custom,
    variation: changes.sort().join(" "),
  };
}

function resolveCounts(
  { name, countOptions }: Dataset,
  usual: Readonly<Record<string, number>>,
  given: Readonly<Record<string, number>>,
): Record<string, number> {
  for (const [option, value] of Object.entries(given)) {
    const allowed = countOptions[option];
    if (!allowed) {
      throw new UsageError(
        `Cannot set --${option}: the data set ${name} has no such count`,
        `It has ${Object.keys(countOptions).map((known) => `--${known}`).join(", ")}.`,
      );
    }
    const { min, max } = allowed;
    if (!(Number.isInteger(value) && value >= min && value <= max)) {
      throw new UsageError(
        `Cannot seed ${name} with --${option} ${value}: it must be a whole number from ${min} to ${max}`,
      );
    }
  }
  return { ...usual, ...given };
}

/**
 * About so many bytes loading takes on the server's disk: tables, indexes, and the write-ahead log and sorted
 * runs that live beside them for a while.
 */
export function diskNeed({ rowBytes }: Dataset, rows: Readonly<Record<string, number>>): number {
  const data = Object.entries(rows).reduce(
    (sum, [table, count]) => sum + count * (rowBytes[table] ?? 200),
    0,
  );
  return Math.ceil(data * BESIDES) + FIXED_BYTES;
}

const BESIDES = 1.6;
const FIXED_BYTES = 32 * 1024 * 1024;
