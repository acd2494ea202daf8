import { monotonicUs } from "../../net/clock.ts";
import { quantile } from "../../stats/quantile.ts";
import { type Finding, finding } from "../finding.ts";
import type { PartContext } from "../measure_part.ts";
import { askServer, makeLoad, type Recorded } from "../one_arm.ts";
import { type Freeze, responseTimeUs } from "../servers/known.ts";
import { withServer } from "../servers/serving.ts";
import { spread } from "../spread.ts";
import type { LoadBenchPlan } from "./options.ts";

const RATE = 500;
const FREEZE_US = 2e6;
const LEVELS = [0.5, 0.9, 0.95, 0.99] as const;
const GOAL_ERROR = 0.02;
const WARMUP_SECONDS = 1;
/** Those that wait for the freeze to end, those in service, and room: none may wait for another. */
const CONNECTIONS = RATE * FREEZE_US / 1e6 + 400;

/**
 * Quantiles of a server whose service times are known and which stands still for 2 s in the middle: what is measured
 * against what must come out. A tool that waits for an answer before it asks again would see one slow request.
 */
export async function freeze({ drawn }: LoadBenchPlan, context: PartContext): Promise<Finding[]> {
  const { recorded, freeze } = await context.terminal.step(
    "Known service times, and 2 s of standstill",
    async () => ({ value: await run(drawn / RATE, context) }),
  );
  const { response, service, intended, sent } = recorded;
  const firstHalf = intended.filter((due) => due > freeze.fromUs && due < freeze.toUs - FREEZE_US / 2).length;
  const late = response.filter((us) => us > FREEZE_US / 2).length;
  return [
    ...LEVELS.map((p) =>
      held(`known service time p${p * 100}`, quantile(service, p)!, responseTimeUs(p, sent, freeze))
    ),
    ...LEVELS.map((p) =>
      held(`known response time p${p * 100}`, quantile(response, p)!, responseTimeUs(p, intended, freeze))
    ),
    finding({
      what: "longest known response time",
      unit: "ms",
      ours: one(response.at(-1)! / 1000),
      peer: "the standstill",
      theirs: one(FREEZE_US / 1000),
      goal: "not less",
      reached: response.at(-1)! >= FREEZE_US,
      note:
        `${late} of ${recorded.rows} requests took more than 1 s, and ${firstHalf} were due in the first half of ` +
        "the standstill",
    }),
  ];
}

async function run(
  seconds: number,
  { dir, signal }: PartContext,
): Promise<{ recorded: Recorded; freeze: Freeze }> {
  const requests = Math.ceil((seconds + WARMUP_SECONDS) * RATE);
  const fromUs = (WARMUP_SECONDS + seconds / 2) * 1e6;
  const freeze = { fromUs, toUs: fromUs + FREEZE_US };
  return await withServer("./drawn.ts", [String(requests)], async ({ url }) => {
    let told: Promise<Response> | undefined;
    const recorded = await makeLoad(
      {
        ...askServer(url, "{ drawn }"),
        load: { arrivals: "poisson", rate: RATE },
        warmup: WARMUP_SECONDS,
        seconds,
        connections: CONNECTIONS,
        inFlightCap: 2 * CONNECTIONS,
      },
      dir,
      signal,
      ({ nowUs }) => {
        const originUs = monotonicUs() - nowUs();
        told = fetch(new URL(`/freeze?from=${originUs + freeze.fromUs}&to=${originUs + freeze.toUs}`, url));
      },
    );
    await (await told)!.body?.cancel();
    return { recorded, freeze };
  });
}

/** A quantile against what it must be, both in µs. */
function held(what: string, us: number, expected: number): Finding {
  const ratio = us / expected;
  return finding({
    what,
    unit: "ms",
    ours: one(us / 1000),
    peer: "what must come out",
    theirs: one(expected / 1000),
    ratio: one(ratio),
    goal: `within ${GOAL_ERROR * 100} %`,
    reached: Math.abs(ratio - 1) <= GOAL_ERROR,
  });
}

function one(value: number) {
  return spread([value]);
}
