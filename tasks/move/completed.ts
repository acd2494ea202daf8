import { AFTER, completeTables } from "./copy_schema.ts";
import type { Mover } from "./move_context.ts";
import { staleText } from "./matviews.ts";
import { carryRights } from "./rights.ts";

/** Gives the tables at the target what they lack beside their rows: indexes, constraints, triggers, owners and rights. */
export async function completed(mover: Mover): Promise<void> {
  const { options: { schemas }, source, target, catalogue, names, notes } = mover;
  const statements = await completeTables(source, target, schemas);
  catalogue.copied(AFTER, statements);
  notes.push(...await carryRights(target, await catalogue.rights(), names));
  if (mover.options.target.embedded) return;
  const stale = await staleText(target, schemas);
  if (stale !== null) notes.push(stale);
}
