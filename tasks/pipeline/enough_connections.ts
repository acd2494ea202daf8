import { UsageError } from "../model/errors.ts";
import { counted, formatCount } from "../model/units.ts";
import { type ArmTarget, isDirect } from "../paths/path.ts";
import { pathOf } from "../paths/registry.ts";

/** What watches the server, seeds and proves, and what PostgreSQL reserves for superusers. */
const BESIDES = 10;

/**
 * Sees that a server has the connections that a run keeps: each path its own, so that none holds another's. One that
 * was given up and one in its place may be there for a moment both; the rest of the server's is not ours.
 * @param graphqlPool what a PostGraphile of ours keeps; 0 where GraphQL is the user's
 * @param mostText the server's max_connections
 * @param ours whether the server is Benchbook's, whose max_connections nobody can set
 * @throws {UsageError} saying how many are needed
 */
export function needConnections(
  targets: readonly Pick<ArmTarget, "path">[],
  connections: number,
  graphqlPool: number,
  mostText: string | undefined,
  ours = false,
): void {
  const most = Number(mostText);
  const kept = connections * targets.filter(({ path }) => isDirect(pathOf(path))).length + graphqlPool;
  if (!(kept + BESIDES > most)) return;
  throw new UsageError(
    `Cannot keep ${counted(kept, "connection")} to PostgreSQL, ${formatCount(connections)} for each of the ` +
      `arms: its max_connections is ${formatCount(most)}, and ${BESIDES} are needed besides`,
    ours
      ? "Give a lower --concurrency or fewer --paths."
      : `Give a lower --concurrency or fewer --paths, or set max_connections to ${kept + BESIDES} or more.`,
  );
}
