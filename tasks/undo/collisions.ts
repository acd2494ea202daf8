import { join } from "node:path";
import { OUTCOMES } from "../model/timing.ts";
import { readSegment } from "../store/segment_reader.ts";

/** PostgreSQL's, which PostGraphile passes on, and Hasura's name for it. */
const TAKEN: ReadonlySet<string | undefined> = new Set(["23505", "constraint-violation"]);

/**
 * Slots of a run whose every attempt failed because somebody else's row has their key: that row is not the run's to
 * remove. A slot that was also given up once may have written the row itself.
 * @param dir the run's spool; rows that a kill kept from it are not known
 */
export function collidedSlots(dir: string): number[] {
  const collided = new Set<number>();
  // Hardly ever is there any: only then are the rows read a second time.
  for (const { slot, collision } of attempts(dir)) if (collision) collided.add(slot);
  if (collided.size > 0) {
    for (const { slot, collision } of attempts(dir)) if (!collision) collided.delete(slot);
  }
  return [...collided].sort((a, b) => a - b);
}

/** Attempts that were sent. */
function* attempts(dir: string): Generator<{ slot: number; collision: boolean }> {
  let names: string[];
  try {
    names = [...Deno.readDirSync(dir)].map(({ name }) => name).filter((name) =>
      /^timing-\d+\.seg$/.test(name)
    );
  } catch {
    return;
  }
  for (const name of names) {
    for (const { rows, columns, codes } of readSegment(join(dir, name), { droppedBytes: 0 })) {
      for (let row = 0; row < rows; row++) {
        const outcome = OUTCOMES[columns.outcome[row]!];
        if (Number.isNaN(columns.sent[row]!)) continue;
        const error = columns.error[row]!;
        const collision = outcome === "failed" && error > 0 && TAKEN.has(codes[error - 1]);
        yield { slot: columns.slot[row]!, collision };
      }
    }
  }
}
