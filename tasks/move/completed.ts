import { AFTER, completeTables } from "./copy_schema.ts";
import type { Mover } from "./move_context.ts";
import { carryRights } from "./rights.ts";

/** Gives the tables at the target what they lack beside their rows: indexes, constraints, triggers, owners and rights. */
export async function completed(mover: Mover): Promise<void> {
  const { options: { schemas }, source, target, catalogue, names, notes } = mover;
  const statements = await completeTables(source, target, schemas);
  catalogue.copied(AFTER, statements);
  notes.push(...await carryRights(target, await catalogue.rights(), names));
  const refreshed = statements.filter(({ text }) => text.startsWith("REFRESH "));
  if (refreshed.length === 0 || mover.options.target.embedded) return;
  notes.push(
    `Materialized views were filled at the target while clients wrote, and hold what was there then: ${
      refreshed.map(({ text }) => `${text};`).join(" ")
    }`,
  );
}
