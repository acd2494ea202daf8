import { type LeftMoves, type LookAtMoved, removeLeftMoves } from "../move/left_moves.ts";
import { keptMoves } from "../move/move_record.ts";
import { dropLeftTargets } from "../move/target_database.ts";
import { keptTargets } from "../move/target_record.ts";
import { isEmbedded, type PostgresService, type Stack } from "../stack/services.ts";

/**
 * Removes what moves of killed runs have left on both servers, after a last look; an embedded target is started for that.
 * @param told gets what was done, by and by
 * @throws what the look throws
 */
export async function leftMoves(
  home: string,
  stack: Stack,
  look: LookAtMoved,
  told: string[] = [],
): Promise<Pick<LeftMoves, "left">> {
  const { records, damaged } = keptMoves(home);
  const targets = keptTargets(home);
  if ([records, damaged, targets.records, targets.damaged].flat().length === 0) return { left: [] };
  const target = records.every(({ removed }) => removed) && targets.records.length === 0
    ? null
    : await stack.cluster("target").catch(() => null);
  const wayTo = (server: PostgresService) => ({ url: server.adminUrl, embedded: isEmbedded(server) });
  const { left } = await removeLeftMoves(
    home,
    {
      source: wayTo(stack.postgres),
      target: target === null ? null : wayTo(target),
    },
    look,
    told,
  );
  // With what was moved into them: only now is it of no use any more.
  const dropped = await dropLeftTargets(home, target !== null && isEmbedded(target) ? target.adminUrl : null);
  return { left: [...left, ...dropped] };
}
