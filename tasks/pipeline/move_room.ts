import { ServiceError } from "../model/errors.ts";
import { sessionName } from "../model/session_name.ts";
import { formatBytes } from "../model/units.ts";
import { moveSql } from "../move/move_sql.ts";
import { placeOfUrl } from "../postgres/place.ts";
import { UNLIMITED, withClient } from "../seed/connect.ts";
import { freeForClone } from "./clone_room.ts";
import { schemasOf } from "./own_tables.ts";
import type { SystemUnderTest } from "./system_under_test.ts";

/** What a move takes on the disk of the new server, and what is there. */
export interface MoveRoom {
  /** The database that is moved to. */
  readonly database: string;
  readonly bytes: number;
  /** What the copy adds to the write-ahead log before the server may remove it again, at the most. */
  readonly logBytes: number;
  /** Null where nobody knows: the server is another machine's, or does not say where its data lie. */
  readonly free: number | null;
}

/**
 * Says how much is to be copied and how much room there is for it, as a step.
 * @throws {ServiceError} where it does not fit
 */
export async function lookForRoom(
  { terminal, runId, signal, scenario, databaseUrl, move, config: { home } }: SystemUnderTest,
): Promise<void> {
  const { target } = move!;
  await terminal.step("Look for room at the new server", async () => {
    const session = { ...UNLIMITED, name: sessionName(runId, "migration"), signal };
    const bytes = await withClient(databaseUrl, async (client) => {
      const { rows } = await client.query<{ bytes: number }>(moveSql("size.sql"), [schemasOf(scenario)]);
      return rows[0]!.bytes;
    }, session);
    const { folder, mostLogBytes } = await withClient(target.url, async (client) => {
      const { rows } = await client.query<{ folder: string | null; mostLogBytes: number | null }>(
        moveSql("room.sql"),
      );
      return rows[0]!;
    }, session);
    const room: MoveRoom = {
      database: placeOfUrl(target.url).database,
      bytes,
      logBytes: Math.min(bytes, mostLogBytes ?? Infinity),
      free: freeForClone({ home, url: target.url, embedded: target.embedded, database: { folder } }),
    };
    refuseWithoutRoom(room);
    const { free } = room;
    const known = free === null ? "how much is free there is not known" : `${formatBytes(free)} are free`;
    return { value: undefined, detail: `${formatBytes(bytes)} to copy, ${known}` };
  });
}

/**
 * A server whose disk is full stops, with all of its databases.
 * @throws {ServiceError} where it would be
 */
export function refuseWithoutRoom({ database, bytes, logBytes, free }: MoveRoom): void {
  if (free === null || free >= bytes + logBytes) return;
  throw new ServiceError(
    `Cannot move the tables to the database "${database}": they take ${
      formatBytes(bytes)
    } there, and the write-ahead log ` +
      `of the copy up to ${formatBytes(logBytes)}: ${formatBytes(free)} are free on the server's disk`,
    "Nothing was copied. Free some space there, or name a server with more.",
  );
}
