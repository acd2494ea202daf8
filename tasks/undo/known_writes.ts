import { ServiceError } from "../model/errors.ts";
import { keptRecords } from "./journal.ts";
import { placeText } from "./place.ts";

/**
 * Refuses to forget what runs have left in databases that outlive the home.
 * @throws {ServiceError} naming runs and databases
 */
export async function keepKnownWrites(home: string): Promise<void> {
  const left = (await keptRecords(home)).records.filter(({ place }) => !place.embedded);
  if (left.length === 0) return;
  throw new ServiceError(
    `Cannot remove ${home}: only it knows what may be left of ${
      left.map(({ runId, place }) => `the run ${runId} in ${placeText(place)}`).join(", ")
    }`,
    "Run `deno task clean --writes` with a DATABASE_URL that leads there; or remove the folder `undo` in it yourself.",
  );
}
