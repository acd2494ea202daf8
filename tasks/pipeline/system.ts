import { VERSION } from "../config.ts";
import { loadWorkload, type Workload } from "../load/arms.ts";
import { proveEqual } from "../load/equality.ts";
import { proofSlots } from "../load/proof_slots.ts";
import type { Mix } from "../load/mix.ts";
import { clearCaches } from "../load/open_targets.ts";
import { mixOf } from "../load/plan.ts";
import { loadFileSources, loadSqlSources } from "../load/sources.ts";
import { InterruptedError, ServiceError } from "../model/errors.ts";
import type { Environment } from "../model/run.ts";
import { sessionName } from "../model/session_name.ts";
import { counted, formatCount } from "../model/units.ts";
import { hostFacts } from "../observe/host.ts";
import { isDirect } from "../paths/path.ts";
import { pathOf } from "../paths/registry.ts";
import { CANNOT_SEED } from "../stack/postgres_server.ts";
import { factOf } from "../stack/service_facts.ts";
import { isEmbedded, type Stack } from "../stack/services.ts";
import { settleGraphql } from "../stack/settle_graphql.ts";
import { failedWhole } from "../undo/evidence.ts";
import { perWriteOf, writesUnderOwnKeys } from "../undo/own_undo.ts";
import type { OwnWrites } from "../undo/own_writes.ts";
import { bringUpToDate } from "../tiers/up_to_date.ts";
import { undoing } from "../undo/undoing.ts";
import type { Writing } from "../undo/writing.ts";
import { type ArmServices, databasesOfArms, openArmServices } from "./arm_services.ts";
import { refuseOtherData, refuseUnfitUrls } from "./arm_writes.ts";
import { ArmClones } from "./clone_arms.ts";
import { explainAll } from "./explain_all.ts";
import { type HeldDatabase, holdDatabases } from "./hold_database.ts";
import type { Job } from "./job.ts";
import { tellLeftWrites } from "./left_writes.ts";
import { readOwnWrites, tellOwnWrites } from "./own_writes.ts";
import { checkOwnFiles, openOwnTables, ownUndo, undoOwnWrites } from "./own_tables.ts";
import { openMoveServers } from "./move_servers.ts";
import { fillDatabase, makeArms } from "./prepare.ts";
import { startedStack } from "./started_stack.ts";
import { gitCommit } from "./run_id.ts";
import type { SystemUnderTest } from "./system_under_test.ts";

/** From a bare machine to a system that can be measured; the stack is stopped whatever happens. */
export async function withSystem<T>(given: Job, use: (system: SystemUnderTest) => Promise<T>): Promise<T> {
  const readOnly = !given.scenario.operations.some(({ write }) => write);
  const ofArms = await openArmServices(given.plan.arms, given.config, { readOnly, signal: given.signal });
  return await withServices({ ...given, plan: { ...given.plan, arms: ofArms.arms } }, ofArms, use);
}

/** As whoever meets the run at a database is told of it. */
function whoOf({ migrating, scenario }: Job): string {
  return migrating === undefined ? `bench ${scenario.name}` : `migrate ${migrating.config.name}`;
}

async function withServices<T>(
  job: Job,
  { instances: armServices, withoutService }: ArmServices,
  use: (system: SystemUnderTest) => Promise<T>,
): Promise<T> {
  const { runId, scenario, plan, data, signal } = job;
  const asked = { operations: scenario.operations, paths: plan.arms.map(({ path }) => path) };
  const workload = await loadWorkload(scenario.workloadDir, asked);
  // What is wrong with the scenario's own files is said before anything is started.
  await checkOwnFiles(scenario);
  const ownWrites = await readOwnWrites(job, workload);
  const ofFiles = await loadFileSources(scenario);
  const stack = await startedStack(job);
  const clones = new ArmClones(job);
  const servers = new AsyncDisposableStack();
  let held: HeldDatabase | undefined;
  const ofArms = databasesOfArms(plan.arms, withoutService);
  const hold = async (url: string) => {
    held = await holdDatabases(url, [...ofArms, ...movedTo(job)], `${whoOf(job)} ${runId}`);
    refuseUnfitUrls(job, held, { url, others: ofArms, embedded: isEmbedded(stack.postgres) });
  };
  try {
    await clones.check(stack);
    const { url, dataset } = await dataIn(job, stack, hold);
    const others = ofArms.filter((other) => other !== url);
    const acting = await lookAtWritten(job, [url, ...others], dataset, ownWrites);
    const own = await cleared(job, stack, url, [...others, ...movedTo(job)]);
    await clones.make(stack, url, held!);
    const databaseUrl = clones.measured(url);
    const { sources, mix } = await drawn(job, databaseUrl, dataset, ofFiles);
    const move = await openMoveServers(job, stack, databaseUrl, servers);
    const places = { databaseUrl, move, clones: clones.urls, tiers: clones.tiers, withoutService };
    const made = await makeArms({ ...job, ...places, workload, stack });
    const writing = writingOf(job, { ...made, stack, databaseUrl, dataset }, others, own);
    const databases = await prove(job, workload, { ...made, ...places }, mix, writing);
    const plans = await explainAll(made, mix, sessionName(runId, "plans"), signal);
    if (signal.aborted) throw new InterruptedError();
    return await use({
      ...job,
      ...made,
      ...places,
      stack,
      armServices,
      dataset,
      environment: environmentOf({ plan, data, stack, armServices, dataset }, [...acting, ...clones.lacking]),
      plans,
      sources,
      mix,
      writing: { ...writing, databases },
      held: held!,
      gitCommit: await gitCommit(),
    });
  } finally {
    await servers[Symbol.asyncDispose]();
    await clones[Symbol.asyncDispose]();
    await held?.[Symbol.asyncDispose]();
    await stack.stop();
  }
}

/** The user's database that a job moves to, if there is one. */
function movedTo({ migrating, config: { targetDatabaseUrl } }: Job): string[] {
  return migrating?.config.move === undefined || targetDatabaseUrl === undefined ? [] : [targetDatabaseUrl];
}

/** The database with the data in it, of a data set or of the user's own. @param hold as `fillDatabase` takes it */
function dataIn(
  { config, scenario, data, given, terminal, signal }: Job,
  stack: Stack,
  hold: (url: string) => Promise<void>,
): Promise<Pick<SystemUnderTest, "dataset"> & { readonly url: string }> {
  if (data === null) return openOwnTables(stack, scenario, hold, terminal, signal);
  return fillDatabase(stack, data, { replace: given.replace, home: config.home, hold }, terminal, signal);
}

/**
 * Looks, before anything is written, whether arms' databases hold what the run's own holds, and what is written unseen.
 * @returns what is to be told of the latter, a sentence each
 */
async function lookAtWritten(
  job: Job,
  urls: readonly [string, ...string[]],
  dataset: SystemUnderTest["dataset"],
  ownWrites: OwnWrites | null,
): Promise<readonly string[]> {
  await refuseOtherData(job, urls.slice(1), dataset);
  return await tellOwnWrites(job, urls, ownWrites);
}

/** What the slots of a job ask, and what that is drawn from. @param ofFiles sources that lie in files */
async function drawn(
  { scenario, plan, data, signal }: Job,
  url: string,
  dataset: SystemUnderTest["dataset"],
  ofFiles: SystemUnderTest["sources"],
): Promise<Pick<SystemUnderTest, "sources" | "mix">> {
  const sources = { ...ofFiles, ...await loadSqlSources(scenario, url, signal) };
  const mix = mixOf({
    operations: scenario.operations,
    streams: scenario.streams,
    dataset: data === null ? null : dataset,
    ownKeys: scenario.ownTables?.keys,
    sources,
    seed: plan.seed,
  });
  return { sources, mix };
}

/** Takes back what runs that were killed have written, before anything is compared or measured. */
async function cleared(
  { config, scenario, terminal, signal }: Job,
  stack: Stack,
  url: string,
  others: readonly string[],
): Promise<Writing["own"]> {
  await tellLeftWrites({ home: config.home, stack, url, held: true, others, signal }, terminal);
  const own = await ownUndo(scenario);
  // Elsewhere rows that it matches may be anybody's: they are refused before the first write.
  if (own !== null && isEmbedded(stack.postgres) && !writesUnderOwnKeys(scenario)) {
    const rows = await undoOwnWrites(url, scenario, own, signal);
    if (rows !== null && rows > 0) {
      terminal.print(
        `${own.file} removed or changed ${counted(rows, "row")} of the embedded database before the run.`,
      );
    }
  }
  return own;
}

/** How what a job writes is taken back. */
function writingOf(
  { runId, config, data, signal }: Job,
  { stack, databaseUrl, dataset, arms }: Pick<SystemUnderTest, "stack" | "databaseUrl" | "dataset" | "arms">,
  others: readonly string[],
  own: Writing["own"],
): Writing {
  const ownGraphql = stack.facts().some((fact) => fact.name === "graphql" && isEmbedded(fact));
  return {
    home: config.home,
    databases: [databaseUrl, ...others.filter((url) => arms.some((arm) => arm.databaseUrl === url))].map((
      url,
      part,
    ) => ({
      part,
      url,
      embedded: part === 0 && isEmbedded(stack.postgres),
      arms: arms.map(({ target: { path }, databaseUrl: its = databaseUrl }) => ({
        path,
        ours: isDirect(pathOf(path)) || ownGraphql,
        ...its !== url && { elsewhere: true },
      })),
    })),
    runId,
    own,
    counts: data === null ? null : dataset.counts,
    signal,
    cachePrefix: cachePrefixOf({ arms }),
    settle: (signal) => settleGraphql(stack.instances, signal),
    clearCache: () => clearCaches(arms),
  };
}

/** @returns the databases that are written into, with how many rows the scenario's own undo touches there for each write */
async function prove(
  { scenario, plan, runId, terminal, signal }: Job,
  workload: Workload,
  { arms, ownQueries, databaseUrl, tiers }: Pick<
    SystemUnderTest,
    "arms" | "ownQueries" | "databaseUrl" | "tiers"
  >,
  mix: Mix,
  writing: Writing,
): Promise<Writing["databases"]> {
  const { seed, loop } = plan;
  const { streams, operations } = scenario;
  const unproven = plan.arms.filter(({ proven }) => !proven).map(({ name }) => name);
  const wrote = new Map(writing.databases.map(({ url }) => [url, new Set<number>()]));
  return await terminal.step("Check that all paths return equal results", async (onProgress) => {
    // It also fills the cache under the keys of the run, which begins cold: what is left behind is cleared with it.
    const { value: proof, left, touched } = await undoing({
      ...writing,
      scenario,
      spool: null,
      load: { seed, loop, streams, operations },
      mix,
      // Its undo removes what stands under keys kept for the load as well: whether there is something is asked before.
      slots: scenario.ownTables?.keys === undefined ? 0 : Infinity,
      proofSlots: proofSlots(scenario, arms.length),
      proofWrote: wrote,
    }, () =>
      proveEqual({
        scenario,
        workload,
        arms,
        ownQueries,
        unproven,
        databaseUrl,
        runId,
        mix,
        seed,
        signal,
        onProgress,
        ...tiers.length > 0 && { bringUpToDate: () => bringUpToDate(tiers, { runId, signal }) },
        // A clone goes with all that is in it.
        onWrite: (slot, database) => void wrote.get(database)?.add(slot),
        onFailed: (slot, database, error, path) =>
          void (failedWhole(error, path) && wrote.get(database)?.delete(slot)),
      }));
    if (left.length > 0) {
      throw new ServiceError("Cannot take back what the comparison of the paths wrote", left.join("\n  "));
    }
    const value = writing.databases.map((database, at) => {
      const perWrite = perWriteOf(touched[at]!, wrote.get(database.url)!.size, scenario);
      return { ...database, ...writing.own !== null && perWrite !== undefined && { perWrite } };
    });
    const exempt = unproven.length === 0 ? "" : `, none of ${unproven.join(", ")} (--no-prove)`;
    return { value, detail: `${formatCount(proof.compared)} results compared${exempt}` };
  });
}

function cachePrefixOf({ arms }: Pick<SystemUnderTest, "arms">): string | null {
  return arms.flatMap(({ target: { cache } }) => cache === undefined ? [] : [cache.prefix])[0] ?? null;
}

function environmentOf(
  { plan, data, stack, armServices, dataset }: Pick<
    SystemUnderTest,
    "plan" | "data" | "stack" | "armServices" | "dataset"
  >,
  acting: readonly string[],
): Environment {
  const { name, scale, seed, variation, rows, bytes, hash } = dataset;
  return {
    ...hostFacts(),
    benchbook: VERSION,
    services: [...stack.facts(), ...armServices.map(factOf)],
    dataset: { name, scale, seed, variation, rows, bytes, hash },
    unavailable: [
      // Nothing is seeded beside tables of the user's own.
      ...stack.unavailable.filter((sentence) => data !== null || sentence !== CANNOT_SEED),
      ...acting,
      ...plan.arms.filter(({ proven }) => !proven).map(({ name }) =>
        `The results of the arm ${name} were not compared with those of the others before timing (--no-prove).`
      ),
    ],
  };
}
