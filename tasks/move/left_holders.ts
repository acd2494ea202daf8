import type { MoveSide } from "../model/client_gate.ts";
import { sessionName } from "../model/session_name.ts";
import { withClient } from "../seed/connect.ts";
import { PRIMARY_CLUSTER } from "../stack/postgres_cluster.ts";
import { embeddedConnection } from "./embedded_connection.ts";
import { otherSide } from "./move_context.ts";
import type { MoveRecord } from "./move_record.ts";
import { moveSql, namesOf, quotedText } from "./move_sql.ts";
import type { SideUrl } from "./remove_move.ts";
import { catchUp } from "./switch_over.ts";

/** What was written last before the kill is waited for so long, ms. */
const LIMIT_MS = 15_000;

/** A database that holds what the clients of a move have written. */
export interface Holder {
  readonly side: MoveSide;
  /** May hold a password. */
  readonly url: string;
}

/**
 * The databases that hold what the clients of a move that was killed have written: that at which they are, and the other one
 * where it has all of it too, for which what was written last is waited for.
 * @returns none where the first cannot be reached: the other one proves nothing
 */
export async function holdersOf(
  home: string,
  record: MoveRecord,
  urls: Readonly<Record<MoveSide, SideUrl>>,
): Promise<readonly Holder[]> {
  const { at, switched } = record;
  const [here, there] = [urls[at], urls[otherSide(at)]];
  if (typeof here !== "string") return [];
  const first = { side: at, url: here };
  // Nobody was ever at the target then: what it has does not count.
  if (!switched || typeof there !== "string") return [first];
  const other = { side: otherSide(at), url: there };
  return await follows(home, record, first, other).catch(() => false) ? [first, other] : [first];
}

/** Waits until one database has all of the other. @returns whether it has; false where nothing is carried there */
async function follows(home: string, record: MoveRecord, from: Holder, to: Holder): Promise<boolean> {
  const names = namesOf(record.runId, record.mark);
  const link = to.side === "source"
    ? { name: names.back, sentinel: `${names.schema}.sentinel_back` }
    : { name: names.out, sentinel: `${names.schema}.sentinel_out` };
  const session = { name: sessionName(record.runId, "migration") };
  return await withClient(from.url, (sender) =>
    withClient(to.url, async (receiver) => {
      const { rowCount } = await receiver.query(moveSql("subscribed.sql"), [link.name, names.mark]);
      if (rowCount === 0) return false;
      await using way = new AsyncDisposableStack();
      if (record[to.side].embedded) {
        // Since then both servers were started anew, at other ports.
        const cluster = to.side === "source" ? PRIMARY_CLUSTER : `${PRIMARY_CLUSTER}-target`;
        const { connection, remove } = await embeddedConnection(home, record.runId, cluster, from.url);
        way.defer(remove);
        await receiver.query(`ALTER SUBSCRIPTION ${link.name} CONNECTION ${quotedText(connection)}`);
      }
      await catchUp({ ...link, from: sender, to: receiver }, names.schema, AbortSignal.timeout(LIMIT_MS));
      return true;
    }, session), session);
}
