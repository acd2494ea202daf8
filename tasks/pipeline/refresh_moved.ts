import { BenchbookError } from "../model/errors.ts";
import { counted } from "../model/units.ts";
import { refresh } from "../move/matviews.ts";
import { UNLIMITED, withClient } from "../seed/connect.ts";
import type { Job } from "./job.ts";
import { schemasOf } from "./own_tables.ts";

/**
 * Materialized views that went along to a server of the user's were filled while the load wrote. Once its rows are gone
 * they are filled anew, where nobody who reads them waits for that.
 */
export async function refreshMoved({ config, scenario, migrating, terminal, signal }: Job): Promise<void> {
  const { targetDatabaseUrl: url } = config;
  if (migrating?.config.move === undefined || migrating.place !== "in-place" || url === undefined) return;
  try {
    const names = await withClient(url, (client) => refresh(client, schemasOf(scenario)), {
      ...UNLIMITED,
      signal,
    });
    if (names.length > 0) {
      terminal.print(`Refreshed ${counted(names.length, "materialized view")} at the new server.`);
    }
  } catch (error) {
    if (!(error instanceof BenchbookError)) throw error;
    terminal.print(
      `! Materialized views at the new server may hold rows of the load (${error.message}): REFRESH MATERIALIZED VIEW.`,
    );
  }
}
