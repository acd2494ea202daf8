import { ServiceError } from "../model/errors.ts";
import { openClient } from "../seed/connect.ts";
import { isAlive } from "../stack/process.ts";
import { placeOf, placeText, sameServer } from "../undo/place.ts";
import { keptClones } from "./clone_record.ts";
import { dropClone } from "./drop_clone.ts";

/** What became of the clones of runs that did not drop them themselves, a sentence each. */
export interface LeftClones {
  readonly told: readonly string[];
  /** What is left. */
  readonly left: readonly string[];
}

/**
 * Drops what runs of this home that were killed have cloned on a server; what is left, there or on another server, is
 * named each time until it is gone. The caller holds the lock of the home.
 * @param url a database of the server
 */
export async function dropLeftClones(
  home: string,
  { url, embedded }: { readonly url: string; readonly embedded: boolean },
): Promise<LeftClones> {
  const { records, damaged } = keptClones(home);
  const told: string[] = [];
  const left: string[] = [...damaged];
  const ended = records.filter(({ owner }) => !isAlive(owner));
  if (ended.length === 0) return { told, left };
  const client = await openClient(url, "benchbook undo");
  try {
    const here = await placeOf(client, url, embedded);
    for (const record of ended) {
      const { name, runId, of } = record;
      if (!sameServer(of, here)) {
        left.push(
          `The run ${runId} ended early and may have left the clone "${name}" of ${placeText(of)}. ` +
            `\`deno task clean --writes\` drops it, ${
              of.embedded ? "without a DATABASE_URL" : "with a DATABASE_URL that leads there"
            }.`,
        );
        continue;
      }
      const dropped = await dropClone(home, record, client);
      if (dropped === "dropped") {
        told.push(`Dropped the clone "${name}" of ${placeText(of)} that the run ${runId} had left.`);
      } else if (dropped !== "not there") left.push(dropped.left);
    }
  } finally {
    await client.end().catch(() => {});
  }
  return { told, left };
}

/**
 * Refuses to forget clones on servers that outlive the home.
 * @throws {ServiceError} naming them
 */
export function keepKnownClones(home: string): void {
  const left = keptClones(home).records.filter(({ of }) => !of.embedded);
  if (left.length === 0) return;
  throw new ServiceError(
    `Cannot remove ${home}: only it knows of ${
      left.map(({ name, of }) => `the clone "${name}" of ${placeText(of)}`).join(", ")
    }`,
    "Run `deno task clean --writes` with a DATABASE_URL that leads there; or drop it, and remove the folder `clones` in it.",
  );
}
