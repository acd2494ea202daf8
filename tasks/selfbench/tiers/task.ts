import { join } from "node:path";
import type { Config } from "../../config.ts";
import { temporaryFolder } from "../../files/temporary.ts";
import { ServiceError } from "../../model/errors.ts";
import type { RunSummary } from "../../model/summary.ts";
import { formatMs, formatSeconds, signedMs } from "../../model/units.ts";
import { openRun } from "../../store/read.ts";
import { query } from "../../store/sql.ts";
import type { Work } from "../../summary/tier_rows.ts";
import { sayJson } from "../../terminal/command.ts";
import { openTerminal, type Terminal } from "../../terminal/terminal.ts";
import { type Finding, finding, type Findings } from "../finding.ts";
import { findingsText } from "../finding_text.ts";
import { machineFacts } from "../machine.ts";
import { partCommand, readPart } from "../options.ts";
import { startTask } from "../own_process.ts";
import { spread } from "../spread.ts";
import { type Balance, crossing, intervalsAbout } from "./crossing.ts";

/** What `selfbench tiers` is to measure. */
interface TiersPlan {
  readonly intervals: number;
  /** Of each run, at the least. */
  readonly seconds: number;
}

/** Of the run that predicts. */
const PILOT_EVERY = 5;
/** A run holds so many intervals at the least. */
const LEAST_REFRESHES = 5;
const MOST_APART = 0.15;

/** `selfbench tiers`: predicts where a view breaks even, and measures it at several intervals. */
export async function tiersPart(args: readonly string[], config: Config): Promise<void> {
  const title =
    "Predict at which interval of its refreshes a view costs more than it saves, and measure it at intervals about that one.";
  const task = partCommand("tiers", title, {
    intervals: ["intervals at which it is measured", "number of intervals", 0, 100],
    seconds: ["measured time of each run, at the least", "number of seconds", 1, 3600],
  });
  const { json, ...plan } = readPart<TiersPlan>(task, args);
  const terminal = openTerminal({ json });
  const machine = machineFacts(null);
  using folder = temporaryFolder("benchbook-selfbench-tiers-");
  const found = await measured(plan, join(folder.path, "tiers.duckdb"), config, terminal);
  const result: Findings = { part: "tiers", findings: [found], notMeasured: [], machine };
  terminal.print(`\n${findingsText(result, terminal.width.columns)}`);
  if (json) sayJson(result);
}

async function measured(
  { intervals, seconds }: TiersPlan,
  db: string,
  config: Config,
  terminal: Terminal,
): Promise<Finding> {
  const every = Math.min(PILOT_EVERY, Math.max(1, Math.floor(seconds / LEAST_REFRESHES)));
  const predicted = await terminal.step("Predict by one run", async () => {
    const { tiers } = await run(every, seconds, db, config);
    const value = tiers?.[0]?.breakEven?.value ?? null;
    return { value, detail: value === null ? "too little was measured" : `each ${formatSeconds(value)}` };
  });
  const balances: Balance[] = [];
  for (const interval of predicted === null ? [] : intervalsAbout(predicted, intervals)) {
    await terminal.step(`Refresh each ${formatSeconds(interval)}`, async () => {
      const lasting = Math.max(seconds, Math.ceil(LEAST_REFRESHES * interval));
      const balance = await balanceOf(await run(interval, lasting, db, config), interval, db);
      if (balance !== null) balances.push(balance);
      return { value: null, detail: balance === null ? "not known" : `${signedMs(balance.netMs)} a second` };
    });
  }
  return tiersFinding(predicted, balances);
}

/** What reads saved and refreshes took at PostgreSQL, which the prediction does not know. */
async function balanceOf(
  { run: { runId }, tiers }: RunSummary,
  everySeconds: number,
  db: string,
): Promise<Balance | null> {
  const tier = tiers?.[0];
  const arm = tier?.arms.find(({ arm }) => arm === "matview");
  const rows = await openRun(runId, { db });
  const work = await rows.rows<Work>(query("summary/tier_work"), { run: runId });
  const refresh = work.find(({ tier, operation }) => tier === "matview" && operation === "refresh");
  if (tier === undefined || arm === undefined || !refresh?.calls || refresh.ms === null) return null;
  if (arm.databaseMs === null || arm.tablesMs === null) return null;
  const saved = tier.readsPerSecond * (arm.tablesMs - arm.databaseMs);
  return { everySeconds, netMs: saved - refresh.ms / refresh.calls / everySeconds };
}

/** @param predicted s; null: nothing was */
export function tiersFinding(predicted: number | null, balances: readonly Balance[]): Finding {
  const found = crossing(balances);
  const apart = predicted === null || found === null ? null : Math.abs(predicted / found - 1);
  const told = balances.map(({ everySeconds, netMs }) =>
    `each ${formatSeconds(everySeconds)}: ${signedMs(netMs)} a second`
  );
  return finding({
    what: "break-even of a view's refreshes, predicted by one run",
    unit: "s",
    ours: predicted === null ? null : spread([predicted]),
    peer: "measured at several intervals",
    theirs: found === null ? null : spread([found]),
    goal: `within ${100 * MOST_APART} %`,
    reached: apart === null ? null : apart <= MOST_APART,
    note: found === null
      ? "too few intervals were measured to tell where it breaks even"
      : `saved less spent at PostgreSQL: ${told.join("; ")}`,
  });
}

/** A run of direct SQL and a view. @throws {ServiceError} where it has no summary */
async function run(every: number, seconds: number, db: string, config: Config): Promise<RunSummary> {
  const asked = ["--paths", "sql,matview", "--set", `refresh_every=${every}`, "--scale", "tiny"];
  const given = ["--duration", `${seconds}s`, "--no-report", "--json", "--db", db];
  const child = startTask("bench.ts", ["sales-analytics", ...asked, ...given], {
    BENCHBOOK_HOME: config.home,
  });
  const { stdout, stderr } = await child.output();
  const text = new TextDecoder().decode(stdout);
  if (text !== "") return JSON.parse(text) as RunSummary;
  const said = new TextDecoder().decode(stderr).trim().split("\n").slice(-3).join("\n  ");
  throw new ServiceError(
    `Cannot measure a view that is refreshed each ${formatMs(1000 * every)}: a run made no summary`,
    said,
  );
}
