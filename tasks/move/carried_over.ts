import { ServiceError } from "../model/errors.ts";
import { sessionName } from "../model/session_name.ts";
import { withClient } from "../seed/connect.ts";
import { type Mover, otherSide } from "./move_context.ts";
import { catchUp } from "./switch_over.ts";

/** What was written last is waited for so long, ms. */
const LIMIT_MS = 15_000;

/**
 * Waits until the server at which no clients are has all that was written at the other one. Nobody may write there any more.
 * @returns whether it has; false where nothing is carried there
 * @throws {ServiceError} where it does not come in time, or a server cannot be reached
 */
export async function carriedOver({ options, names, wayBack, at, out, back }: Mover): Promise<boolean> {
  if (!wayBack) return false;
  const link = at === "target" ? back : out;
  const session = { name: sessionName(options.runId, "migration") };
  const limit = AbortSignal.timeout(LIMIT_MS);
  try {
    await withClient(options[at].url, (from) =>
      withClient(
        options[otherSide(at)].url,
        (to) => catchUp({ ...link, from, to }, names.schema, limit),
        session,
      ), session);
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
