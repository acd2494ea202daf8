import { counted } from "../model/units.ts";
import { isSameCluster } from "./ledger_record.ts";
import { placeOfServer } from "./look_at_server.ts";
import type { Seen } from "./server_watch.ts";

/** What the server that answered last has of acknowledged writes. Slots are in the order in which writes were sent, but for a few. */
export interface LedgerFound {
  /** Servers in the order in which they were met. */
  readonly seen: readonly Seen[];
  /** Acknowledged, and not there. */
  readonly missing: readonly number[];
  /** The first slot that was written at the last server itself since it was met; null: none. */
  readonly firstHere: number | null;
  /** Acknowledged before that, and there: the last of them; null: none. */
  readonly lastCarried: number | null;
  /** Transactions that these came by, counted up to 2: a copy is one. */
  readonly transactions: number;
  /** Slots that may be out of order. */
  readonly outOfOrder: number;
}

/** What missing writes are taken for. */
export interface MissingWrites {
  readonly lost: ReadonlySet<number>;
  readonly notReplicated: ReadonlySet<number>;
  readonly unclear: ReadonlySet<number>;
  /** Why those of the latter two are taken for that, in whole sentences. */
  readonly why: readonly string[];
}

/**
 * Tells writes that are lost from those that the user's replication does not carry. What is missing in the middle of what was
 * carried, or of what the last server acknowledged itself, is lost whatever replication there is. So is the tail at a server of the
 * same cluster, as a replica that was promoted too early lacks it. At a server of another cluster the tail may also be missing
 * because the table was copied once and is in no subscription: rows that all came by one transaction are a copy.
 */
export function judgeMissing(found: LedgerFound): MissingWrites {
  const { seen, missing, firstHere, lastCarried, transactions, outOfOrder } = found;
  const last = seen.at(-1)!;
  const before = missing.filter((slot) => firstHere === null || slot < firstHere);
  const tail = before.filter((slot) => lastCarried === null || slot > lastCarried - outOfOrder);
  const isTail = new Set(tail);
  const lost = (also: readonly number[] = []) =>
    new Set([...missing.filter((slot) => !isTail.has(slot)), ...also]);
  const none = { notReplicated: new Set<number>(), unclear: new Set<number>() };
  if (tail.length === 0) return { lost: lost(), ...none, why: [] };
  const notReplicated = (why: string) => ({
    lost: lost(),
    ...none,
    notReplicated: new Set(tail),
    why: [
      `${why} ${
        counted(tail.length, "acknowledged write")
      } cannot be judged by it: not replicated, which says ` +
      "nothing of your own tables.",
    ],
  });
  const { server } = last;
  const at = placeOfServer(server);
  if (hadNoTable(seen)) {
    return notReplicated(
      seen.length === 1
        ? `The probe's table was gone at ${at} while it ran, and was made anew.`
        : `The server ${at} had no table of the probe's when it was met: replication did not carry it, or that server ` +
          "branched off before the table was made.",
    );
  }
  if (!hasMoved(seen)) return { lost: lost(tail), ...none, why: [] };
  if (lastCarried === null) {
    return notReplicated(
      `The server ${at} has the probe's table, and none of the rows that were written before.`,
    );
  }
  if (transactions < 2) {
    return notReplicated(
      `The server ${at} has the probe's rows up to a point, all by one transaction: a copy that nothing followed.`,
    );
  }
  const { subscribed = false } = last.carriers ?? {};
  if (!subscribed && wasUnpublished(seen)) {
    return {
      lost: lost(),
      ...none,
      unclear: new Set(tail),
      why: [
        `The server ${at} is of another cluster, and lacks the last ${
          counted(tail.length, "acknowledged write")
        } of before: no publication had the probe's table, so they may not have been replicated at all, or they are lost.`,
      ],
    };
  }
  return { lost: lost(tail), ...none, why: [] };
}

/** Whether the last server, or one of its cluster, was found without the ledger's table. */
export function hadNoTable(seen: readonly Seen[]): boolean {
  const { server } = seen.at(-1)!;
  return seen.some((each) => each.hadNoTable && isSameCluster(each.server, server));
}

/** Whether the last server is of another cluster than one before, as far as can be told. */
function hasMoved(seen: readonly Seen[]): boolean {
  const { server } = seen.at(-1)!;
  return seen.some((other) => !isSameCluster(other.server, server));
}

/** Whether there were publications before the last server, and none with the table. */
function wasUnpublished(seen: readonly Seen[]): boolean {
  const carriers = seen.slice(0, -1).flatMap(({ carriers }) => carriers ?? []);
  return carriers.some(({ publications }) => publications) && !carriers.some(({ published }) => published);
}
