import { shellWord } from "../model/shell_word.ts";
import { placeText } from "../undo/place.ts";
import { forgetMove, keptMoves, movePath, type MoveRecord } from "./move_record.ts";
import { quotedName } from "./move_sql.ts";

/** Whether it is for the user to say which of two servers of theirs is to serve: both have the tables. */
export function isUndecided({ switched, target }: Pick<MoveRecord, "switched" | "target">): boolean {
  return switched && !target.embedded;
}

/** What is where after a move that was killed when clients had gone over, or were about to, and what goes on from there. */
export function undecidedText(home: string, record: MoveRecord): string {
  const { runId, at, schemas, source, target } = record;
  const [old, now] = [placeText(source), placeText(target)];
  const again = `\`deno task migrate move-server --in-place ${
    shellWord(`${source.database},${target.database}`)
  }\``;
  const copied = schemas.map((schema) => `DROP SCHEMA ${quotedName(schema)} CASCADE;`).join(" ");
  const path = movePath(home, record.mark);
  const cut = `The move of run ${runId} from ${old} to ${now} was cut off`;
  return at === "target"
    ? `${cut} when its clients had gone over, or were about to: ${now} has every row. ${old} has what was carried back to it, ` +
      "takes writes again, and gets nothing from there any more. " +
      `To stay at the new server, let your clients connect there, and delete ${path}. To undo the move, let them connect to ` +
      `the old one; what they have written at the new one since is not there. Then ${copied} at the new one drops the copy, ` +
      `and ${again} begins anew.`
    : `${cut} when its clients were at the old server again: ${old} has every row and takes writes, and ${now} has a copy that ` +
      `is not kept up any more. ${copied} there drops it, and ${again} begins anew. Where it is right as it is, delete ${path}.`;
}

/** Forgets what moves that were killed have left undecided between databases between which another one begins. */
export function takenUp(home: string, { source, target }: Pick<MoveRecord, "source" | "target">): void {
  const isSame = (one: MoveRecord["source"], other: MoveRecord["source"]) =>
    one.host === other.host && one.port === other.port && one.oid === other.oid;
  for (const record of keptMoves(home).records) {
    if (record.removed && isSame(record.source, source) && isSame(record.target, target)) {
      forgetMove(home, record);
    }
  }
}
