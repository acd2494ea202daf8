import { type LeftMoves, removeLeftMoves } from "../move/left_moves.ts";
import { keptMoves } from "../move/move_record.ts";
import { isAlive } from "../stack/process.ts";
import { placeText } from "../undo/place.ts";
import { isEmbedded, type PostgresService, type Stack } from "../stack/services.ts";

/** Removes what moves of killed runs have left on both servers; an embedded target is started for that. */
export async function leftMoves(home: string, stack: Stack): Promise<LeftMoves> {
  const { records, damaged } = keptMoves(home);
  if (records.length + damaged.length === 0) return { told: [], left: [] };
  const target = records.length === 0 ? null : await stack.cluster("target").catch(() => null);
  // Where clients had gone over the rows stay, and among them the load's: nobody else will tell.
  const rows = records.filter(({ owner, switched, target }) =>
    switched && !target.embedded && !isAlive(owner)
  )
    .map(({ runId, target }) =>
      `The move of run ${runId} had gone over to ${
        placeText(target)
      } when it was killed: what was copied stays there, and ` +
      "rows that its load wrote may be among it."
    );
  const wayTo = (server: PostgresService) => ({ url: server.adminUrl, embedded: isEmbedded(server) });
  const { told, left } = await removeLeftMoves(home, {
    source: wayTo(stack.postgres),
    target: target === null ? null : wayTo(target),
  });
  return { told, left: [...rows, ...left] };
}
