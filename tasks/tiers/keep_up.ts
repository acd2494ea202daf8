import type { RunEventHub } from "../load/run_events.ts";
import type { Action, Schedule } from "../load/schedule.ts";
import { InterruptedError } from "../model/errors.ts";
import { sessionName } from "../model/session_name.ts";
import { isOff, type TierRefresh } from "../model/tier_settings.ts";
import { counted } from "../model/units.ts";
import { withClient } from "../seed/connect.ts";
import { tierRefreshTable } from "../store/tables/tier_refresh.ts";
import { isKept, type KeptTier, type PlacedTier } from "./placed_tier.ts";
import { tierSql } from "./tier_sql.ts";
import { TierWork, type TierWorkOptions } from "./tier_work.ts";

/** For a lock it waits for half of its interval, and this at most, ms: readers go on meanwhile, with what is old. */
const LOCK_MS = 5_000;
/** It may take so many intervals, and at least so long, ms, before it is given up. */
const LIMIT = { intervals: 5, leastMs: 30_000 };
const WORDS = {
  refresh: (n: number) => counted(n, "refresh", "refreshes"),
  fold: (n: number) => counted(n, "batch", "batches"),
};
const LOCK_NOT_AVAILABLE = "55P03";

/** The tiers of a run, and who asks what. */
export interface UpkeepOptions extends TierWorkOptions {
  readonly runId: string;
  /** How long what keeps tiers up is off and then on, s; null: it is on all the time. */
  readonly turnSeconds: number | null;
}

/** What keeps the tiers of a run up while the load goes on. */
export class TiersUpkeep {
  readonly #tiers: readonly PlacedTier[];
  readonly #runId: string;
  readonly #turn: number | null;
  readonly #work: TierWork;
  readonly #events: RunEventHub;
  readonly #atWork = new Set<KeptTier>();
  readonly #made: TierRefresh[] = [];
  #nowUs = () => 0;

  private constructor({ tiers, runId, turnSeconds }: UpkeepOptions, work: TierWork, events: RunEventHub) {
    this.#tiers = tiers;
    this.#runId = runId;
    this.#turn = turnSeconds;
    this.#work = work;
    this.#events = events;
    events.on("start", ({ nowUs }) => {
      this.#nowUs = nowUs;
      // Nobody has written since they were made, or brought up to date after the comparison.
      for (const placed of tiers) {
        this.#tell(placed, { kind: "made", beganUs: 0, endedUs: 0, outcome: "ok", error: null });
      }
    });
  }

  /** Before there is any load. */
  static async open(options: UpkeepOptions, events: RunEventHub): Promise<TiersUpkeep> {
    return new TiersUpkeep(options, await TierWork.open(options), events);
  }

  /** A run's schedule with what keeps its tiers up. */
  within(schedule: Schedule): Schedule {
    const endUs = schedule.phases.at(-1)?.endUs ?? 0;
    const actions = this.#tiers.filter(isKept).flatMap((placed) => this.#actions(placed, endUs));
    return { ...schedule, actions: [...schedule.actions, ...actions] };
  }

  #actions(placed: KeptTier, endUs: number): Action[] {
    const { tier, upkeep: { kind, everySeconds } } = placed;
    const everyUs = everySeconds * 1e6;
    return Array.from({ length: Math.floor(endUs / everyUs) }, (_, nth): Action => ({
      name: `${kind} ${tier.name}`,
      at: { atUs: (nth + 1) * everyUs },
      optional: true,
      run: (signal) => this.#keepUp(placed, signal),
    })).filter(({ at }) => !isOff((at as { atUs: number }).atUs, this.#turn));
  }

  async #keepUp(placed: KeptTier, signal: AbortSignal): Promise<void> {
    const { upkeep: { kind } } = placed;
    if (this.#atWork.has(placed)) {
      const nowUs = this.#nowUs();
      return this.#tell(placed, {
        kind,
        beganUs: nowUs,
        endedUs: nowUs,
        outcome: "skipped",
        error: "the one before was still at work",
      });
    }
    this.#atWork.add(placed);
    let beganUs = this.#nowUs();
    const tell = (outcome: TierRefresh["outcome"], error: string | null) =>
      this.#tell(placed, { kind, beganUs, endedUs: this.#nowUs(), outcome, error });
    try {
      await this.#run(placed, signal, () => beganUs = this.#nowUs());
      tell("ok", null);
    } catch (error) {
      tell(...failureOf(error, signal));
    } finally {
      this.#atWork.delete(placed);
    }
  }

  async #run({ tier, url, upkeep }: KeptTier, signal: AbortSignal, onBegin: () => void): Promise<void> {
    const everyMs = upkeep.everySeconds * 1000;
    const statementMs = Math.max(LIMIT.leastMs, LIMIT.intervals * everyMs);
    await withClient(url, async (client) => {
      await client.query(`SET statement_timeout = ${statementMs}`);
      onBegin();
      await client.query(tierSql(`${tier.name}/${upkeep.kind}.sql`));
    }, {
      name: sessionName(this.#runId, "tier"),
      lockWaitMs: Math.min(LOCK_MS, everyMs / 2),
      limitMs: statementMs + LOCK_MS,
      signal,
    });
  }

  #tell({ tier: { name, relation } }: PlacedTier, made: Omit<TierRefresh, "tier" | "relation">): void {
    const row = { tier: name, relation, ...made };
    this.#made.push(row);
    this.#events.emit("rows", { table: tierRefreshTable, rows: [row] });
  }

  /**
   * Tells what tiers cost and saved, when the load is over and the tiers are still there.
   * @returns what could not be found out, and what did not go as it should, in whole sentences
   */
  async finish(): Promise<string[]> {
    const samples = await this.#work.samples(this.#nowUs()).catch((error) => (error as Error).message);
    if (typeof samples !== "string" && samples.length > 0) this.#events.emit("sample", samples);
    const unknown = typeof samples === "string"
      ? `What tiers take on disk was not measured: ${samples}.`
      : null;
    return [...this.#troubles(), ...[unknown, this.#work.unknown].filter((sentence) => sentence !== null)];
  }

  /** A sentence for each tier and outcome. */
  #troubles(): string[] {
    return this.#tiers.flatMap(({ tier: { name } }) =>
      (["skipped", "blocked", "failed"] as const).flatMap((outcome) => {
        const those = this.#made.filter((row) => row.tier === name && row.outcome === outcome);
        if (those.length === 0) return [];
        const what = `${WORDS[those[0]!.kind as "refresh" | "fold"](those.length)} of the tier ${name}`;
        return [
          `${what} ${outcome === "failed" ? "" : those.length === 1 ? "was " : "were "}${outcome}: ${
            those[0]!.error!.replace(/\.$/, "")
          }.`,
        ];
      })
    );
  }
}

function failureOf(error: unknown, signal: AbortSignal): [TierRefresh["outcome"], string] {
  if (signal.aborted || error instanceof InterruptedError) return ["cancelled", "the run was over"];
  const { message, cause } = error as {
    readonly message: string;
    readonly cause?: { readonly code?: string };
  };
  return [cause?.code === LOCK_NOT_AVAILABLE ? "blocked" : "failed", message];
}
