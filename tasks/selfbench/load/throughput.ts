import { findProgram } from "../../stack/programs.ts";
import { contest, type Finding, finding, missingPeer } from "../finding.ts";
import type { Ground } from "../ground.ts";
import { makeLoad, type OneArm } from "../one_arm.ts";
import { inTurn } from "../rounds.ts";
import type { Pgbench } from "../seed/pgbench.ts";
import { spread } from "../spread.ts";
import type { LoadBenchPlan } from "./options.ts";
import { selectOnly } from "./pgbench.ts";

const CONNECTIONS = 8;
const WARMUP_SECONDS = 1;
const GOAL = 0.85;
const WHAT = "SQL, closed loop of 8";
const UNIT = "requests/s";

/** One indexed SELECT by key, prepared, by as many clients as fast as they can; every request recorded. */
export async function throughput(
  { rounds, seconds }: LoadBenchPlan,
  { terminal, dir, signal }: Ground,
  question: Pick<OneArm, "text" | "params" | "target">,
  url: string,
  pgbench: Pgbench | null,
): Promise<Finding[]> {
  const load = { clients: CONNECTIONS };
  const arm: OneArm = { ...question, load, warmup: WARMUP_SECONDS, seconds, connections: CONNECTIONS };
  const ours = {
    name: "Benchbook",
    run: async () => {
      const recorded = await makeLoad(arm, dir, signal);
      return recorded.ok / recorded.seconds;
    },
  };
  const peer = {
    name: "pgbench",
    run: async () =>
      (await selectOnly(pgbench!, { url, connections: CONNECTIONS, seconds, dir, signal })).rate,
  };
  const found = await terminal.step("SQL in a closed loop", async (progress) => ({
    value: await inTurn(
      rounds,
      pgbench === null ? [ours] : [ours, peer],
      (round, work) => work((text) => progress(`round ${round + 1} of ${rounds}: ${text}`)),
    ),
  }));
  const mine = found.map((round) => round["Benchbook"]!);
  return [
    pgbench === null
      ? finding({
        what: WHAT,
        unit: UNIT,
        ours: spread(mine),
        peer: "pgbench",
        goal: `ratio ≥ ${GOAL}`,
        note: "pgbench was not found",
      })
      : contest(
        { what: WHAT, unit: UNIT, peer: `pgbench ${pgbench.version} -S -M prepared -c 8 -j 2` },
        mine,
        found.map((round) => round["pgbench"]!),
        GOAL,
      ),
    ...absentTools(),
  ];
}

/** Tools that people would also ask about. */
function absentTools(): Finding[] {
  return (["k6", "artillery"] as const).map((name) =>
    missingPeer(
      WHAT,
      UNIT,
      name,
      findProgram(name) === null
        ? "not found on PATH"
        : "found, and not measured: it speaks SQL only by an extension",
    )
  );
}
