import type { Choice, Setting, Settings, SettingValues } from "./scenario.ts";

/** What keeps a tier up beside the load: a statement, and how often it is to run. */
export interface TierUpkeep {
  /** `refresh` works a view out again, `fold` adds to totals what writers have noted. */
  /** What that statement does. */
  readonly kind: "refresh" | "fold";
  /** The time from the beginning of one to that of the next, s. */
  readonly everySeconds: number;
}

/** One run of what keeps a tier up. Times are µs from the run's start. */
export interface TierRefresh {
  /** The tier's name. */
  readonly tier: string;
  /** What it brings up to date, `schema.name`. */
  readonly relation: string;
  /** `made`: how the tier was when the load began. */
  readonly kind: TierUpkeep["kind"] | "made";
  /** Before its snapshot was taken: what was committed until then is in the tier when it is over. */
  readonly beganUs: number;
  /** When it was known to be committed, or to have failed. */
  readonly endedUs: number;
  /** `skipped`: the one before was still at work; `blocked`: it did not get a lock in time; `cancelled`: the run was over. */
  readonly outcome: "ok" | "skipped" | "blocked" | "failed" | "cancelled";
  /** What the server said; null where it was done. */
  readonly error: string | null;
}

/** What `--set` can change of tiers, in a scenario that can be asked from them. */
export const TIER_SETTINGS = {
  refresh_every: {
    default: 10,
    min: 1,
    max: 86_400,
    unit: "s",
    describe: "how often the view of the path matview is refreshed",
  },
  aggregate: {
    default: "trigger",
    choices: ["trigger", "batch"],
    describe: "what adds to the totals of the path aggregate: each write, or a batch of them",
  },
  batch_every: {
    default: 5,
    min: 1,
    max: 86_400,
    unit: "s",
    describe: "with aggregate=batch, how often what writers have noted is added up",
  },
  upkeep: {
    default: "on",
    choices: ["on", "in-turn"],
    describe:
      "`in-turn`: what keeps tiers up is off and on by turns, for three intervals each, which shows what it costs others",
  },
} as const satisfies Readonly<Record<string, Setting | Choice>>;

/** Off, and then on, for so many intervals: a time in which something is kept up and is not has to hold several. */
const TURN_INTERVALS = 3;

/**
 * How long what keeps tiers up is off, and then on, s: all tiers at once, so by the longest interval; null: it is on all the
 * time. The first turn is off.
 */
export function turnSeconds(settings: SettingValues): number | null {
  if ((settings["upkeep"] ?? TIER_SETTINGS.upkeep.default) !== "in-turn") return null;
  const intervals = (["matview", "aggregate"] as const).map((tier) =>
    upkeepOf(tier, settings)?.everySeconds ?? 0
  );
  return TURN_INTERVALS * Math.max(...intervals);
}

/** Whether it is off at a moment. */
export function isOff(us: number, turn: number | null): boolean {
  return turn !== null && Math.floor(us / (turn * 1e6)) % 2 === 0;
}

/** What keeps a tier up, by its name; null: its writers do. */
export function upkeepOf(tier: "matview" | "aggregate", settings: SettingValues): TierUpkeep | null {
  const seconds = (name: "refresh_every" | "batch_every") =>
    (settings as Settings)[name] ?? TIER_SETTINGS[name].default;
  if (tier === "matview") return { kind: "refresh", everySeconds: seconds("refresh_every") };
  const how = settings["aggregate"] ?? TIER_SETTINGS.aggregate.default;
  return how === "trigger" ? null : { kind: "fold", everySeconds: seconds("batch_every") };
}
