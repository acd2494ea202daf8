import { LOCK_TIMEOUT_MS } from "../migrate/step_options.ts";
import type { MigrationConfig, Variant } from "../model/migration.ts";
import type { ProbeConfig } from "../model/probe.ts";
import { shellWord } from "../model/shell_word.ts";
import { offeredRate } from "../model/offered_rate.ts";
import type { Environment, Run, RunConfig } from "../model/run.ts";
import { DEFAULT_THRESHOLDS } from "../model/validity.ts";
import type { RunSummary } from "../model/summary.ts";
import { looksText, marginOption } from "./looks_method.ts";
import { gapsWereDrawn } from "../summary/block_pairs.ts";
import { counted, formatCount, formatSeconds, formatShare, listed, significant } from "../model/units.ts";

/** How the load was made, in one phrase. */
export function loadModel(config: RunConfig): string {
  return config.loop === "open"
    ? `open loop, ${offeredRate(config)} over all arms, ${arrivalsText(config)} arrivals`
    : `closed loop, ${config.concurrency ?? 0} clients`;
}

function arrivalsText({ arrivals, streams }: RunConfig): string {
  const kinds = new Set(streams?.map((stream) => stream.arrivals) ?? [arrivals]);
  return [...kinds].map((kind) => kind === "poisson" ? "Poisson" : "constant").join(" and ");
}

/** The command line that asks for the same run again, with everything that was used spelt out. */
export function reproduce(run: Run): string {
  return reproduceAll([run], { eachTimeout: false });
}

/**
 * The command line that asks again for all runs of a command: naive and safe in turn, and each timeout of a sweep.
 * @param runs of one migration, one at least
 */
export function reproduceAll(runs: readonly Run[], { eachTimeout = true } = {}): string {
  const [run] = runs as readonly [Run, ...Run[]];
  const { config } = run;
  if (config.probe !== undefined) return probeLine(config, config.probe);
  const arms = [...config.arms, ...config.unavailableArms.map(({ arm }) => arm)];
  const described = config.armFiles ?? [];
  const options: [string, string | null][] = [
    // Own tables are as they are.
    ["scale", run.environment.dataset.scale === "own" ? null : config.scale],
    ...dataOptions(run.environment.dataset.variation),
    ["rate", config.loop === "open" && config.ratePerSecond !== null ? String(config.ratePerSecond) : null],
    ["concurrency", config.loop === "closed" ? String(config.concurrency) : null],
    ["duration", `${config.durationSeconds}s`],
    ["warmup", config.warmupSeconds > 0 ? `${config.warmupSeconds}s` : "0"],
    ["until-decided", marginOption(config)],
    ["paths", arms.filter((arm) => !described.some(({ name }) => name === arm)).join(",")],
    ...armOptions(config),
    ["seed", String(run.seed)],
    ["workers", String(config.workers)],
    ...Object.entries(config.settings).map(([key, value]): [string, string] => ["set", `${key}=${value}`]),
    ["slo", config.slo],
  ];
  if (config.migration !== undefined) {
    const { sweepMs, lockTimeoutMs } = config.migration;
    const timeouts = eachTimeout && sweepMs !== undefined ? sweepMs : [lockTimeoutMs];
    const variants = new Set(runs.map((each) => each.config.migration!.variant));
    return migrationLine(run, config.migration, { load: options, variants, timeouts });
  }
  return commandLine(config, options, ...armFlags(run));
}

/** What the migrations that come with Benchbook run under. */
const OWN_SCENARIO = "shop-under-change";

function probeLine(
  { ratePerSecond, settings }: RunConfig,
  { schema, pauseLimitMs, allow, seconds = null, paths = null, scenario = null }: ProbeConfig,
): string {
  return taskLine("migrate", "probe", [
    ["rate", String(ratePerSecond)],
    ["duration", seconds === null ? null : `${seconds}s`],
    ["paths", paths],
    ["scenario", scenario],
    ...Object.entries(settings).map(([key, value]): [string, string] => ["set", `${key}=${value}`]),
    ["slo", `stall<${pauseLimitMs}ms`],
    ...allow.map((verdict): [string, string] => ["allow", verdict]),
  ], schema === null ? ["--no-ledger"] : []);
}

function migrationLine(
  { config: { scenario, scenarioFile }, environment }: Run,
  { name, file, variant, place, database, allow, move }: MigrationConfig,
  { load, variants, timeouts }: {
    readonly load: readonly (readonly [name: string, value: string | null])[];
    readonly variants: ReadonlySet<Variant>;
    /** Of statements with `lock_timeout`, ms. */
    readonly timeouts: readonly number[];
  },
): string {
  const under = scenarioFile ?? scenario;
  const theirs = environment.services.some(({ name, origin }) => name === "postgres" && origin === "user");
  const options: (readonly [name: string, value: string | null])[] = [
    ["variant", variant === "own" || variants.size > 1 ? null : variant],
    ["scenario", under === OWN_SCENARIO ? null : under],
    [
      "in-place",
      place === "in-place" ? move?.target === undefined ? database : `${database},${move.target}` : null,
    ],
    // It may hold a secret, and is not kept.
    ["on-switch", move?.onSwitch ? "COMMAND" : null],
    [
      "sweep",
      timeouts.every((ms) => ms === LOCK_TIMEOUT_MS)
        ? null
        : `lock_timeout=${timeouts.map((ms) => `${ms}ms`).join(",")}`,
    ],
    ...load,
    ...allow.map((verdict): [string, string] => ["allow", verdict]),
  ];
  const flags = [
    ...place === "clone" && theirs ? ["--clone"] : [],
    ...move?.andBack === true ? ["--and-back"] : [],
  ];
  return taskLine("migrate", file ?? name, options, flags);
}

/** What benches a scenario with these options; those without a value are left out. @param flags e.g. `--find-rate` */
export function commandLine(
  { scenario, scenarioFile }: Pick<RunConfig, "scenario" | "scenarioFile">,
  options: readonly (readonly [name: string, value: string | null])[],
  ...flags: readonly string[]
): string {
  return taskLine("bench", scenarioFile ?? scenario, options, flags);
}

function taskLine(
  task: string,
  what: string,
  options: readonly (readonly [name: string, value: string | null])[],
  flags: readonly string[],
): string {
  const words = options.flatMap(([name, value]) => value === null ? [] : [`--${name} ${shellWord(value)}`]);
  return [`deno task ${task}`, shellWord(what), ...flags, ...words].join(" ");
}

/** What a run's arms are beyond their paths, as options. */
export function armOptions(
  { armFiles = [], unproven = [] }: Pick<RunConfig, "armFiles" | "unproven">,
): [string, string][] {
  return [
    ...armFiles.map(({ name, file }): [string, string] => ["arm", `${name}=${file}`]),
    ...unproven.map((name): [string, string] => ["no-prove", name]),
  ];
}

/** What a run was allowed for its arms: a clone of a database of the user's. */
export function armFlags(
  { config: { armFiles = [] }, environment }: {
    readonly config: Pick<RunConfig, "armFiles">;
    readonly environment: Pick<Environment, "services">;
  },
): string[] {
  const changes = armFiles.some(({ file }) => file.endsWith(".sql"));
  const theirs = environment.services.some(({ name, origin }) => name === "postgres" && origin === "user");
  return changes && theirs ? ["--clone"] : [];
}

/** What made the data differ from their scale, as options; which file `--custom` named is not kept. */
export function dataOptions(variation = ""): [string, string][] {
  return variation.split(" ").filter((change) => change !== "").map((change) => {
    const name = change.slice(0, change.indexOf("="));
    if (name === "custom") return ["custom", "FILE"];
    return name.includes(".") ? ["distribution", change] : [name, change.slice(name.length + 1)];
  });
}

const WINDOWS =
  "A target over windows must hold in each full window of that length, one beginning every second of the " +
  "measured time. A window holds an arm's requests by the moment at which they were due, washouts left out as " +
  "everywhere; where arms took turns within it, it holds the arm's own blocks only. Windows with too little data are " +
  "counted and not judged; the value shown is that of the worst window.";

const GAPS =
  "Before medians and all operations together are compared, each request's generator lag is replaced by the median one, " +
  "and response times are adjusted for the time since the previous request, since a system that was idle answers more " +
  "slowly: by the median effect in each arm, with all arms brought to the same gaps. The gaps were drawn before the " +
  "run, so no arm influences them.";

const STEADY =
  "Whether an arm was in a steady state is judged afterwards, from change points of its median response time, " +
  "throughput and hit rate over its own blocks, or over seconds where blocks are longer: by the likelihood ratio of a " +
  "change against autocorrelated noise (up to AR(0.8)), so that at most 5 % of unchanged arms are reported as changed. " +
  "It is a finding and changes no verdict.";

/** Of an open loop. */
export const RESPONSE_TIME =
  "Response time runs from the moment at which a request was due to its answer, so time spent waiting for " +
  "a slow system counts; service time runs from sending to the answer.";

/** How it was measured, in whole sentences: what a reviewer asks before believing a number. */
export function method(summary: RunSummary): string[] {
  const { config } = summary.run;
  const { thresholds } = config;
  const open = config.loop === "open";
  return [
    loadSentence(config),
    `An arm is one configuration under comparison, here an access path of the same name${
      config.armFiles === undefined ? "" : ", or one described for this run"
    }. ` +
    `The arms ${listed(config.arms)} took turns in blocks of ${
      formatSeconds(config.blockSeconds)
    }, in orders drawn ` +
    "from the seed and balanced, so that each arm takes each place in a round, and comes before each other arm, " +
    `equally often; the first ${formatSeconds(config.washoutSeconds)} of each block and the ` +
    `warm-up are recorded, but excluded from all statistics.`,
    ...config.armFiles === undefined
      ? []
      : [`What arms have otherwise than the run: ${describedText(summary)}.`],
    open
      ? RESPONSE_TIME
      : "In a closed loop a client sends its next request when it has the answer to the last: response time runs " +
        "from the moment at which the client was ready, and a slow system receives fewer requests.",
    "Quantiles are exact, from every request: answered ones at their time, timeouts as lower bounds, shed and " +
    "unsent ones as infinite. Failed requests are left out and counted separately. Requests of one block resemble each " +
    "other, and so do neighbouring blocks. The interval of a quantile is therefore estimated from how the number of " +
    "requests below it varies between an arm's blocks (the slowest cosine waves, with Student's distribution; fewer than " +
    "five blocks are cut into periods of time). With fewer than 30 blocks these intervals are wide.",
    ...(summary.slo.some(({ windows }) => windows !== null) ? [WINDOWS] : []),
    "Arms are compared by pairs of blocks of the same round: the ratio is a Hodges–Lehmann estimate, and its interval " +
    "comes from inverting the signed-rank test. The ratio of a pair is the median over all ratios of a request of one " +
    "block to a request of the other; for all operations together it is averaged by the mix; p95 is compared over groups " +
    "of neighbouring blocks with at least 40 requests of the operation each. Of the 5 % risk of a false verdict that an " +
    "arm may have, 1 % goes to all operations together, 3 % to medians and 1 % to p95, the latter two divided among " +
    "operations by Holm's method; p is adjusted for both, so that 0.05 is the limit everywhere. “Detectable” is the " +
    "smallest change that four of five such runs would have shown, estimated from the spread of this run's pairs. Arms " +
    "keep their state, such as the contents of a cache, from block to block.",
    ...(config.untilDecided === undefined ? [] : [looksText(config.untilDecided)]),
    ...(gapsWereDrawn(config) ? [GAPS] : []),
    validitySentence(thresholds),
    ...(summary.steady.length > 0 ? [STEADY] : []),
    provenText(config),
  ];
}

/** By what load, in a sentence. */
export function loadSentence(config: RunConfig): string {
  return `Load model: ${loadModel(config)}, by ${counted(config.workers, "worker")} with ` +
    `${counted(config.connections, "connection")}; at most ${
      formatCount(config.inFlightCap)
    } requests were in flight, each with a timeout of ${formatSeconds(config.timeoutMs / 1000)}.`;
}

/** When the load generator is taken to have shaped what was measured. */
export function validitySentence(thresholds: RunConfig["thresholds"]): string {
  return `A run is invalid if the generator paused for more than ${thresholds.maxGapMs} ms, sent less than ` +
    `${
      formatShare(thresholds.minOnTime)
    } of requests on time, or deviated from the intended arrivals: Poisson ones by a Kolmogorov–Smirnov distance ` +
    `above ${significant(thresholds.maxArrivalDistance, 3)}, constant ones by more than ${
      formatShare(thresholds.maxArrivalDeviation ?? DEFAULT_THRESHOLDS.maxArrivalDeviation!)
    } of the interval or of 1 ms on average.`;
}

/** `twin (sql): nothing else; sorted (sql): session {"work_mem":"64MB"}; indexed (sql): its database is a clone …`. */
function describedText({ arms, run: { config } }: RunSummary): string {
  const described = config.armFiles!.map(({ name }) => name);
  return arms.filter(({ name }) => described.includes(name)).map(({ name, path, overrides }) => {
    const { path: _, ...own } = overrides;
    const fields = Object.entries(own).map(([field, value]) =>
      field === "change"
        ? changeText(value as ShownChange)
        : `${field} ${typeof value === "string" ? value : JSON.stringify(value)}`
    );
    return `${name} (${path}): ${fields.length === 0 ? "nothing else" : fields.join(", ")}`;
  }).join("; ");
}

/** As an arm's record has it. */
interface ShownChange {
  readonly file: string;
  readonly statements: readonly string[];
}

function changeText({ file, statements }: ShownChange): string {
  return `its database is a clone of the run's, made for the run and changed by ${file} (${
    statements.join("; ")
  }), ` +
    "with the tables analyzed that this changed";
}

/** What was done for all arms to give the same results. */
export function provenText({ unproven = [] }: RunConfig): string {
  const all =
    "Before timing, every arm's results for sampled parameters were compared with those of direct SQL";
  return unproven.length === 0 ? `${all}.` : `${all}, except those of ${listed(unproven)} (--no-prove).`;
}
