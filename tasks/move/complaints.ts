import type { MoveSide } from "../model/client_gate.ts";
import { BenchbookError } from "../model/errors.ts";
import { sleep } from "../net/sleep.ts";
import { withClient } from "../seed/connect.ts";
import type { MoveOptions } from "./move_options.ts";
import { moveSql } from "./move_sql.ts";

/** A server that says nothing within this time is one that does not answer, ms. */
const ASK_MS = 5_000;
const ROLLED_BACK = "rolled back";

/**
 * What is wrong with the servers of a move that did not go on: one that cannot be reached any more, or has no room left.
 * Replication itself says only in the receiver's log why it stands still.
 * @param schema the move's own, on either of them
 * @returns sentences; empty where both are well
 */
export async function complaintsOf(options: MoveOptions, schema: string): Promise<string> {
  const found = await Promise.all((["source", "target"] as const).map((side) => {
    const silent = sleep(ASK_MS).then(() => `The ${side} does not answer.`);
    return Promise.race([complaintOf(side, options[side].url, schema), silent]);
  }));
  return found.filter((each) => each !== null).join(" ");
}

async function complaintOf(side: MoveSide, url: string, schema: string): Promise<string | null> {
  try {
    await withClient(url, async (client) => {
      await client.query("BEGIN");
      await client.query(moveSql("try_room.sql", { schema }));
      throw new Error(ROLLED_BACK);
    }, { name: "benchbook move" });
    return null;
  } catch (error) {
    const { message, cause } = error as Error;
    if (!(error instanceof BenchbookError)) return null;
    const { code = "", message: said = message } = cause as { code?: string; message?: string } ?? {};
    if (code === "53100") return `The ${side}'s disk is full (${said}): free some space there.`;
    // Whatever else the server itself says is about the question, and not about the move.
    return /^[0-9A-Z]{5}$/.test(code) && !/^(57P|08|53)/.test(code)
      ? null
      : `The ${side} does not serve any more: ${message}.`;
  }
}
