import type { Config } from "../config.ts";
import { UsageError } from "../model/errors.ts";
import { formatBytes, formatCount } from "../model/units.ts";
import { withClient } from "../seed/connect.ts";
import { lockDatabase } from "../seed/database_lock.ts";
import {
  type DatabaseRemoval,
  planRemoval,
  refuseRemoval,
  removeFromDatabase,
} from "../seed/database_removal.ts";
import { refuseEventTriggers } from "../seed/listeners.ts";
import { mayRemove } from "../terminal/ask.ts";
import { say } from "../terminal/command.ts";
import { removalText } from "../terminal/removal_text.ts";
import { placeOfUrl } from "../postgres/place.ts";

/**
 * Removes what Benchbook has put into the database of DATABASE_URL, after showing and asking. No task of Benchbook's
 * can use the database meanwhile.
 * @param yes do not ask
 * @throws {UsageError} without DATABASE_URL, without the rights, and where something of the user's leans on it
 * @throws {ServiceError} while another task is using the database
 */
export async function cleanDatabase(
  { databaseUrl }: Pick<Config, "databaseUrl">,
  yes: boolean,
): Promise<void> {
  if (databaseUrl === undefined) {
    throw new UsageError(
      "Cannot clean a database: DATABASE_URL must name one: it is not set",
      "What the embedded server holds goes with `deno task clean`.",
    );
  }
  const { at: where } = placeOfUrl(databaseUrl);
  await using lock = await lockDatabase(databaseUrl, "clean --database");
  await withClient(databaseUrl, async (client) => {
    const removal = await planRemoval(client);
    if (removal === null) {
      return say(`There is nothing of Benchbook's in the database "${lock.database}" at ${where}.`);
    }
    say(removalText(removal, where));
    refuseRemoval(removal.database, removal.holdings.foreign);
    await refuseEventTriggers(client, `remove Benchbook from "${removal.database}"`);
    if (!mayRemove("Remove all of this?", yes)) return say("Nothing was removed.");
    await removeFromDatabase(client, removal);
    say(removedText(removal));
  });
}

function removedText({ database, tables }: DatabaseRemoval): string {
  const bytes = tables.reduce((sum, table) => sum + table.bytes, 0);
  return `Removed ${formatCount(tables.length)} tables (${formatBytes(bytes)}). ` +
    `Nothing of Benchbook's is left in "${database}"; its roles, extensions and other schemas are as they were.`;
}
