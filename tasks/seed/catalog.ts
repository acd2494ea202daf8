import type { KeySpace } from "../model/dataset.ts";
import type { Dataset } from "./dataset.ts";
import { events } from "./events/events.ts";
import { northwind } from "./northwind/northwind.ts";

/** The data sets by name. */
export const datasets: Readonly<Record<string, Dataset>> = { northwind, events };

/** The key spaces of a data set, by name; empty for one that is unknown. */
export function keySpaces(
  dataset: string,
  counts: Readonly<Record<string, number>>,
): Readonly<Record<string, KeySpace>> {
  return datasets[dataset]?.keySpaces(counts) ?? {};
}
