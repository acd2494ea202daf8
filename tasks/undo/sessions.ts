import type { Client } from "pg";
import { sessionPrefix } from "../model/session_name.ts";
import { asLogin } from "../seed/connect.ts";
import { undoSql } from "../seed/reserved.ts";
import { sleep } from "../net/sleep.ts";

const CANCEL_MS = 1500;
const TERMINATE_MS = 3000;
const LOOK_MS = 50;
/** What waited in the queue of a service has begun by then. */
const QUEUE_LOOKS = 5;

/**
 * Ends statements that a run's sessions still run: a write that commits after the undo would stay. A session is asked
 * to cancel, and ended where it does not; those that wait for work stay. Only sessions of this login that bear the
 * run's name are touched.
 * @param queued whether others may wait for their place: then none may be busy for a while
 * @param settled until then the run's own services may begin statements
 * @returns how many sessions went on in spite of that
 */
export function endStatements(
  client: Client,
  runId: string,
  queued = false,
  settled?: Promise<unknown>,
): Promise<number> {
  return asLogin(client, () => endBusy(client, runId, queued, settled));
}

async function endBusy(
  client: Client,
  runId: string,
  queued: boolean,
  settled: Promise<unknown> | undefined,
): Promise<number> {
  let settling = settled !== undefined;
  void settled?.then(() => settling = false);
  let busy = 0;
  let looks = 0;
  for (
    const [ask, withinMs] of [["pg_cancel_backend", CANCEL_MS], [
      "pg_terminate_backend",
      TERMINATE_MS,
    ]] as const
  ) {
    const text = undoSql("end_statements.sql", { ask });
    const until = performance.now() + withinMs;
    do {
      const { rows } = await client.query<{ busy: number }>(text, [sessionPrefix(runId)]);
      busy = rows[0]!.busy;
      looks = busy === 0 && !settling ? looks + 1 : 0;
      if (looks > (queued ? QUEUE_LOOKS : 0)) return 0;
      await sleep(LOOK_MS);
    } while (performance.now() < until || settling && busy === 0);
  }
  return busy;
}
