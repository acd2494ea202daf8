import { BenchbookError, InterruptedError } from "../model/errors.ts";
import type { MigrationPrediction } from "../model/prediction.ts";
import { sessionName } from "../model/session_name.ts";
import { predictMove, readWork } from "../move/predict_move.ts";
import { UNLIMITED, withClient } from "../seed/connect.ts";
import { spanText } from "../summary/migration/predicted.ts";
import type { Migrating } from "./migrating.ts";
import type { MoveServers } from "./move_servers.ts";
import { schemasOf } from "./own_tables.ts";
import type { SystemUnderTest } from "./system_under_test.ts";

/**
 * How long a move is expected to take, by the sizes of the tables; as a step that is told. null: it could not be told, which keeps no run from being made.
 */
export async function predictedMove(
  { terminal, scenario, runId, signal }: SystemUnderTest,
  { plan }: Migrating,
  { source }: MoveServers,
): Promise<MigrationPrediction | null> {
  return await terminal.step("Predict what it does to its users", async () => {
    const session = { ...UNLIMITED, name: sessionName(runId, "migration"), signal };
    try {
      const work = await withClient(source.url, (client) => readWork(client, schemasOf(scenario)), session);
      const value = predictMove(plan, work);
      return { value, detail: `stall ${spanText(value.stall)}` };
    } catch (error) {
      if (!(error instanceof BenchbookError) || error instanceof InterruptedError) throw error;
      return { value: null, detail: error.message, sign: "✗" as const };
    }
  });
}
