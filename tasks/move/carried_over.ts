import { ServiceError } from "../model/errors.ts";
import { sessionName } from "../model/session_name.ts";
import type { PgClient } from "../postgres/client.ts";
import { withClient } from "../seed/connect.ts";
import { listed } from "./check_content.ts";
import { compareFollowing, type FollowingComparison } from "./compare_following.ts";
import type { Link } from "./link.ts";
import { type Mover, otherSide } from "./move_context.ts";
import { catchUp } from "./switch_over.ts";

/** What was written last is waited for so long, ms. */
const LIMIT_MS = 15_000;

/** A comparison may take so long, ms. */
const COMPARE_MS = 180_000;

/** What of a move is there yet once its steps are over. */
type Moved = Pick<Mover, "options" | "names" | "tables" | "wayBack" | "at" | "out" | "back">;

/**
 * Waits until the server at which no clients are has all that was written at the other one. Nobody may write there any more.
 * @returns whether it has; false where nothing is carried there
 * @throws {ServiceError} where it does not come in time, or a server cannot be reached
 */
export async function carriedOver(moved: Moved): Promise<boolean> {
  const { names, wayBack, at } = moved;
  if (!wayBack) return false;
  const limit = AbortSignal.timeout(LIMIT_MS);
  try {
    await withLink(moved, (link) => catchUp(link, names.schema, limit));
    return true;
  } catch (error) {
    if (!limit.aborted) throw error;
    throw new ServiceError(
      `Cannot compare both servers: what was written last at the ${at} must come to the ${
        otherSide(at)
      } within ` +
        `${LIMIT_MS / 1000} s: it has not`,
      "Look at the other server's log and load, and at the network between them.",
      { cause: error },
    );
  }
}

/**
 * Compares tables at both servers row by row, while others may go on to write.
 * @param tables `schema.name` of each
 * @returns null where nothing is carried from the one to the other
 * @throws {ServiceError} as `carriedOver`; {InterruptedError} after `interrupt`
 */
export async function comparedAgain(
  moved: Moved,
  tables: readonly string[],
  interrupt: AbortSignal,
): Promise<FollowingComparison | null> {
  const { names, wayBack } = moved;
  if (!wayBack) return null;
  const late = AbortSignal.timeout(COMPARE_MS);
  const signal = AbortSignal.any([late, interrupt]);
  try {
    return await withLink(moved, (link, beside) =>
      compareFollowing({
        from: beside,
        to: link.to,
        tables: moved.tables.tables.filter(({ schema, name }) => tables.includes(`${schema}.${name}`)),
        publication: link.name,
        slot: names.tail,
        origin: null,
        caughtUp: () => catchUp(link, names.schema, AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)])),
        signal,
      }), signal);
  } catch (error) {
    if (!late.aborted) throw error;
    const notes = [`${listed(tables)}: both servers could not be compared within ${COMPARE_MS / 1000} s.`];
    return { rows: 0, different: [], notes };
  }
}

/** Over the link that carries what clients write to the server at which they are not. @param use told of a second session at the sender, too */
async function withLink<T>(
  { options, at, out, back }: Moved,
  use: (link: Link, beside: PgClient) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const session = { name: sessionName(options.runId, "migration"), signal };
  return await withClient(options[at].url, (from) =>
    withClient(options[at].url, (beside) =>
      withClient(
        options[otherSide(at)].url,
        (to) => use({ ...at === "target" ? back : out, from, to }, beside),
        session,
      ), session), session);
}
