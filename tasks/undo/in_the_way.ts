import type { Client } from "pg";
import { UsageError } from "../model/errors.ts";
import { datasets } from "../seed/catalog.ts";
import { reservedKeys, undoSql } from "../seed/reserved.ts";

/** Keys named in a refusal. */
const SHOWN = 3;

/**
 * Refuses to write where it could not be taken back: rows that are none of a run's stand among the reserved keys, or
 * triggers and rules would do more than write.
 * @throws {UsageError} naming them
 */
export async function refuseInTheWay(client: Client, name: string, what: string): Promise<void> {
  const dataset = datasets[name]!;
  await client.query("SET search_path = pg_catalog");
  const tables = dataset.reserved.map(({ table }) => table);
  const { rows: effects } = await client.query<{ what: string }>(undoSql("side_effects.sql"), [tables]);
  if (effects.length > 0) {
    throw new UsageError(
      `Cannot run ${what}: it writes rows and removes them, and ${
        effects.map((effect) => effect.what).join(", ")
      } would act on them in a way that nobody takes back`,
      "Disable it for that time, or run a scenario that only reads, such as read-heavy.",
    );
  }
  const found: { relation: string; column: string; keys: number[] }[] = [];
  for await (const { relation, column, key } of reservedKeys(client, dataset)) {
    let of = found.find((each) => each.relation === relation);
    if (of === undefined) found.push(of = { relation, column, keys: [] });
    of.keys.push(key);
    if (of.keys.length > SHOWN) break;
  }
  if (found.length === 0) return;
  const shown = found.map(({ relation, column, keys }) =>
    `${relation} (${column} ${keys.slice(0, SHOWN).join(", ")}${keys.length > SHOWN ? " …" : ""})`
  );
  throw new UsageError(
    `Cannot run ${what}: keys from ${dataset.reservedBase} on are kept for the rows that a run writes, and ` +
      `there are rows of somebody else in ${shown.join(", ")}`,
    "Give yours other keys. If a run from another BENCHBOOK_HOME was killed here, `deno task clean --writes` with that " +
      `home removes its rows. Else: ${
        found.map(({ relation, column }) =>
          `DELETE FROM ONLY ${relation} WHERE ${column} >= ${dataset.reservedBase};`
        )
          .join(" ")
      }`,
  );
}
