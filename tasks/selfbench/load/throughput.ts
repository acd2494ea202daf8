import type { Finding } from "../finding.ts";
import type { PartContext } from "../measure_part.ts";
import { makeLoad, type OneArm } from "../one_arm.ts";
import { besidePeers } from "../peers/beside.ts";
import type { Pgbench } from "../seed/pgbench.ts";
import { SCALE_ACCOUNTS } from "./accounts.ts";
import type { LoadBenchPlan } from "./options.ts";
import { findSqlPeers } from "./peers.ts";

const CONNECTIONS = 8;
const WARMUP_SECONDS = 1;

/** One indexed SELECT by key, prepared, by as many clients as fast as they can; every request recorded. */
export async function throughput(
  { rounds, seconds, scale }: LoadBenchPlan,
  context: PartContext,
  question: Pick<OneArm, "text" | "params" | "target">,
  url: string,
  pgbench: Pgbench | null,
): Promise<Finding[]> {
  const { terminal, dir, signal } = context;
  const load = { clients: CONNECTIONS };
  const arm: OneArm = { ...question, load, warmup: WARMUP_SECONDS, seconds, connections: CONNECTIONS };
  const peers = await terminal.step("Find the peers", async () => ({ value: await findSqlPeers(pgbench) }));
  return await besidePeers({
    what: `SQL, closed loop of ${CONNECTIONS}`,
    unit: "requests/s",
    step: "SQL in a closed loop",
    rounds,
    ours: async () => {
      const recorded = await makeLoad(arm, dir, signal);
      return recorded.ok / recorded.seconds;
    },
    peers,
    question: { url, text: question.text, keys: scale * SCALE_ACCOUNTS },
    turn: { connections: CONNECTIONS, seconds, dir, signal },
  }, context);
}
