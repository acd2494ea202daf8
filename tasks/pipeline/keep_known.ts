import { keepKnownClones } from "../clone/left_clones.ts";
import { keepKnownMoves } from "../move/left_moves.ts";
import { keepKnownLedgers } from "../probe/left_ledgers.ts";
import { keepKnownWrites } from "../undo/known_writes.ts";

/**
 * Refuses to forget what a home alone knows to be left on servers that outlive it.
 * @throws {ServiceError} naming it
 */
export async function keepKnown(home: string): Promise<void> {
  await keepKnownWrites(home);
  keepKnownClones(home);
  keepKnownMoves(home);
  keepKnownLedgers(home);
}
