import { fixed } from "../../model/units.ts";
import { sessionName } from "../../model/session_name.ts";
import { watchLocks } from "../../migrate/lock_watch.ts";
import { optional } from "../../files/optional.ts";
import { parseProcess, TICKS_PER_SECOND } from "../../observe/proc.ts";
import { OBSERVER_SESSION } from "../../observe/postgres_reader.ts";
import { startSampler } from "../../observe/sampler.ts";
import { UNLIMITED, withClient } from "../../seed/connect.ts";
import { hodgesLehmann } from "../../stats/hodges_lehmann.ts";
import { quantile } from "../../stats/quantile.ts";
import { contest, type Finding, finding } from "../finding.ts";
import type { PartContext } from "../measure_part.ts";
import { makeLoad, type OneArm } from "../one_arm.ts";
import { type Contestant, inTurnShown } from "../rounds.ts";
import { spread } from "../spread.ts";
import type { LoadBenchPlan } from "./options.ts";

/** As a migration's load. */
const RATE = 500;
const CONNECTIONS = 8;
const WARMUP_SECONDS = 1;
/** In that, turns of each side: an interval of 95 % needs six pairs. */
const TURNS_A_ROUND = 2;
/** Watching takes at most so much of one core. */
const MOST_CORES = 0.03;
const RUN_ID = "20000101-000000-0000";

/** What a turn was, watched or not. */
interface Turn {
  /** µs. */
  readonly p50: number;
  /** CPU time of this thread, which samples and shows, in cores. */
  readonly own: number;
  /** The same of the sessions that were asked, null where there is no telling. */
  readonly server: number | null;
}

/** What it costs to watch a database as in a migration, and what users feel of it. */
export async function observing(
  { rounds, seconds }: LoadBenchPlan,
  { terminal, dir, signal }: PartContext,
  question: Pick<OneArm, "text" | "params" | "target">,
  url: string,
): Promise<Finding[]> {
  const side = (name: string, watched: boolean): Contestant<Turn> => ({
    name,
    async run(round) {
      await using watch = new Watch(url, watched);
      const before = ownSeconds();
      const { response } = await makeLoad(
        {
          ...question,
          load: { arrivals: "poisson", rate: RATE },
          warmup: WARMUP_SECONDS,
          seconds,
          connections: CONNECTIONS,
          seed: round,
        },
        dir,
        signal,
        ({ nowUs }) => watch.begin(nowUs),
      );
      const lasted = WARMUP_SECONDS + seconds;
      const server = await watch.serverSeconds();
      return {
        p50: quantile(response, 0.5)!,
        own: (ownSeconds() - before) / lasted,
        server: server === null ? null : server / lasted,
      };
    },
  });
  const found = await terminal.step("Watching a database as in a migration", async (progress) => ({
    value: await inTurnShown(TURNS_A_ROUND * rounds, [side("watched", true), side("alone", false)], progress),
  }));
  const pairs = found.map(({ watched, alone }) => ({ watched: watched!, alone: alone! }));
  return [costFinding(pairs), impactFinding(pairs)];
}

type Pair = Readonly<Record<"watched" | "alone", Turn>>;

/** The cores that watching takes, its sessions' at the server included. */
function costFinding(pairs: readonly Pair[]): Finding {
  const what = "CPU time of watching a migration";
  if (pairs.some(({ watched }) => watched.server === null)) {
    return finding({ what, unit: "cores", note: "the server's processes cannot be seen from here" });
  }
  const cores = spread(pairs.map(({ watched, alone }) => watched.server! + watched.own - alone.own));
  return finding({
    what,
    unit: "cores",
    ours: cores,
    goal: `< ${MOST_CORES}`,
    reached: cores.median < MOST_CORES,
  });
}

/** What users feel of it. */
function impactFinding(pairs: readonly Pair[]): Finding {
  const p50 = (name: keyof Pair) => pairs.map((pair) => pair[name].p50);
  const location = hodgesLehmann(pairs.map(({ watched, alone }) => Math.log(watched.p50 / alone.p50)))!;
  const { interval } = location;
  const text = (logarithm: number) => fixed(Math.exp(logarithm), 3);
  return contest(
    {
      what: `response time p50 at ${RATE}/s, watched`,
      unit: "µs",
      peer: "the same load, not watched",
      note: `ratio ${text(location.estimate)}, ${
        interval === null
          ? `and no interval of ${pairs.length} pairs`
          : `${text(interval.low)} to ${
            text(interval.high)
          } with 95 % confidence (Hodges–Lehmann, ${pairs.length} pairs)`
      }`,
    },
    p50("watched"),
    p50("alone"),
    null,
  );
}

/** What watches a database in a migration. */
class Watch implements AsyncDisposable {
  #stop: () => Promise<unknown> = () => Promise.resolve();

  constructor(readonly url: string, readonly watched: boolean) {}

  begin(nowUs: () => number): void {
    if (!this.watched) return;
    const sampler = startSampler({
      instances: [{ name: "postgres", service: "postgres", url: this.url }],
      nowUs,
      inMigration: true,
      pids: () => ({ benchbook: Deno.pid }),
      emit() {},
    });
    const locks = watchLocks({
      url: this.url,
      runId: RUN_ID,
      nowUs,
      onEvents() {},
      onLocks() {},
      onSamples() {},
    });
    this.#stop = () => Promise.all([sampler.stop(), locks.stop()]);
  }

  /** CPU time of its sessions at the server up to now; null where there is no telling. */
  async serverSeconds(): Promise<number | null> {
    if (!this.watched) return 0;
    const pids = await withClient(this.url, async (client) => {
      const names = [OBSERVER_SESSION, sessionName(RUN_ID, "locks")];
      const sql = "SELECT pid FROM pg_stat_activity WHERE application_name = ANY ($1::text[])";
      return (await client.query<{ pid: number }>(sql, [names])).rows.map(({ pid }) => pid);
    }, UNLIMITED);
    const ticks = pids.map((pid) => ticksOf(`/proc/${pid}/stat`));
    return ticks.includes(null) ? null : ticks.reduce((sum, n) => sum! + n!, 0)! / TICKS_PER_SECOND;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
  }
}

/** CPU time of this thread, which the load's threads are beside. */
function ownSeconds(): number {
  return (ticksOf(`/proc/self/task/${Deno.pid}/stat`) ?? 0) / TICKS_PER_SECOND;
}

function ticksOf(file: string): number | null {
  const stat = optional(file);
  return stat === null ? null : parseProcess(stat)?.own ?? null;
}
