import { type LeftMoves, removeLeftMoves } from "../move/left_moves.ts";
import { keptMoves } from "../move/move_record.ts";
import { isEmbedded, type PostgresService, type Stack } from "../stack/services.ts";

/** Removes what moves of killed runs have left on both servers; an embedded target is started for that. */
export async function leftMoves(home: string, stack: Stack): Promise<LeftMoves> {
  const { records, damaged } = keptMoves(home);
  if (records.length + damaged.length === 0) return { told: [], left: [] };
  const target = records.length === 0 ? null : await stack.cluster("target").catch(() => null);
  const wayTo = (server: PostgresService) => ({ url: server.adminUrl, embedded: isEmbedded(server) });
  return await removeLeftMoves(home, {
    source: wayTo(stack.postgres),
    target: target === null ? null : wayTo(target),
  });
}
