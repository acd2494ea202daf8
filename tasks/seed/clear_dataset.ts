import type { Client } from "pg";
import type { Dataset } from "./dataset.ts";
import { type Holdings, isWithin, type Known, privilegesOn } from "./own_objects.ts";
import { refuseForeign } from "./refuse.ts";
import { removeObjects } from "./remove_objects.ts";

/** How a data set is removed to be made anew. */
export interface Removal {
  /** What is done, for a refusal. */
  readonly action: string;
  /** With all that anybody added to its schemas. */
  readonly anew: boolean;
}

/** What others have, and would lose by it. */
export async function notOurs(
  client: Client,
  schemas: readonly string[],
  { foreign }: Pick<Holdings, "foreign">,
  anew: boolean,
): Promise<readonly string[]> {
  return anew
    ? foreign.filter((object) => !isWithin(object, schemas))
    : [...foreign, ...await privilegesOn(client, schemas)];
}

/** Removes what Benchbook made of the data set, and its marker. */
export async function clearDataset(
  client: Client,
  dataset: Dataset,
  schemas: readonly string[],
  known: Known,
  { action, anew }: Removal,
): Promise<void> {
  const refuse = async (holdings: Holdings) =>
    refuseForeign(action, await notOurs(client, schemas, holdings, anew));
  await removeObjects(client, schemas, known, { refuse, withAllWithin: anew });
  await client.query("DELETE FROM benchbook.dataset WHERE name = $1", [dataset.name]);
}
