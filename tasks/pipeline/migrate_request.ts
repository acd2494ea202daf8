import { basename } from "node:path";
import type { Config } from "../config.ts";
import { loadMigration, migrationNames } from "../migrate/definition.ts";
import { isOwnMigration, loadOwnMigration } from "../migrate/own_file.ts";
import { LOCK_TIMEOUT_MS } from "../migrate/step_options.ts";
import { parseSweep } from "../migrate/sweep.ts";
import { armCalled, type PlannedArm } from "../model/arms.ts";
import { UsageError } from "../model/errors.ts";
import type { Migration, VariantPlan } from "../model/migration.ts";
import type { LoadedScenario } from "../load/scenario.ts";
import { type BenchPlan, completePlan } from "./bench_options.ts";
import { pathOf } from "../paths/registry.ts";
import { placeOfUrl } from "../postgres/place.ts";
import { refuseTooMuch, refuseWithoutRoom } from "./capacity.ts";
import { refuseVerifying } from "./check_verifying.ts";
import { dataOf } from "./data_options.ts";
import type { MigrateArguments } from "./migrate_options.ts";
import { MIGRATE_PARTS } from "./migrate_parts.ts";
import { type BenchRequest, chosenBy } from "./request.ts";
import { MOVE_SERVER, moveServerMigration } from "./move_definition.ts";
import { type MovePlan, movePlan, refuseMoveOptions, refuseUngated } from "./move_request.ts";
import { storeForRun } from "./store_file.ts";

/** One run of a migration that a command asks for, with every mistake in it already told. */
export interface MigrateRequest extends BenchRequest {
  readonly migration: Migration;
  readonly variant: VariantPlan;
  /** The user's file as it was named; null: it comes with Benchbook. */
  readonly file: string | null;
  readonly place: "clone" | "in-place";
  /** Of the move to another server; null: it is another migration. */
  readonly move: MovePlan | null;
  readonly lockTimeoutMs: number;
  /** Of baseline and recovery each. */
  readonly segmentSeconds: number;
  readonly given: MigrateArguments;
}

/** That of `all`. */
const EMBEDDED_MOVE: MovePlan = { andBack: false, onSwitch: null };
const SCENARIO = "shop-under-change";
/** Of baseline and recovery each. */
const SEGMENT_SECONDS = 20;
/** A migration may go on for so long. */
export const LONGEST_SECONDS = 1800;

/**
 * The runs that a command asks for, in their order: a migration's variants one after another, with each timeout of a sweep.
 * @param named a migration's name, `all`, or the path of a file of the user's
 * @throws {UsageError} for a mistake in the command, the file or the scenario; {ServiceError} without room on the disk
 */
export async function migrateRequests(
  named: string | undefined,
  given: MigrateArguments,
  config: Config,
): Promise<MigrateRequest[]> {
  refuseUnmeant(named, given);
  if (given.markdown !== undefined) {
    const { refuseOthersFile } = await import("./migration_comment.ts");
    refuseOthersFile(given.markdown);
  }
  const moves = named === MOVE_SERVER;
  const move = moves ? movePlan(given, config) : EMBEDDED_MOVE;
  if (!moves && given.inPlace !== undefined) refuseOtherDatabase(given.inPlace, config.databaseUrl);
  const base = await requestOf(given, config);
  if (moves) refuseUngated(base.plan.arms, move, config);
  const timeouts = given.sweep === undefined ? [LOCK_TIMEOUT_MS] : parseSweep(given.sweep);
  const place = given.inPlace === undefined ? "clone" : "in-place";
  const own = isOwnMigration(named);
  const migrations = own ? [begunAt(await loadOwnMigration(named), given.from)] : await Promise.all(
    namesOf(named, config).map((name) =>
      name === MOVE_SERVER
        ? moveServerMigration(move.andBack)
        : loadMigration(config.root, name, [MOVE_SERVER, "all", ...Object.keys(MIGRATE_PARTS)])
    ),
  );
  return migrations.flatMap((migration) =>
    migration.variants.filter(({ variant }) => variant === (given.variant ?? variant)).flatMap((variant) =>
      // A naive change waits for as long as it takes.
      (variant.variant === "naive" || migration.name === MOVE_SERVER ? timeouts.slice(0, 1) : timeouts).map((
        lockTimeoutMs,
      ) =>
        ({
          ...base,
          migration,
          variant,
          file: own ? named : null,
          place,
          move: migration.name === MOVE_SERVER ? move : null,
          lockTimeoutMs,
        }) as const
      )
    )
  );
}

/** Of `all` those that come with Benchbook; the move last, and not between servers of the user's. */
function namesOf(named: string, { root, databaseUrl, targetDatabaseUrl }: Config): string[] {
  if (named !== "all") return [named];
  const isEmbedded = databaseUrl === undefined && targetDatabaseUrl === undefined;
  return [...migrationNames(root), ...isEmbedded ? [MOVE_SERVER] : []];
}

/** Leaves out what was done before. @throws {UsageError} where no statement begins there */
function begunAt(migration: Migration, from: MigrateArguments["from"]): Migration {
  if (from === undefined) return migration;
  const [own] = migration.variants;
  const isHere = (file: string) =>
    from.file === null ? own!.steps.length === 1 : file === from.file || basename(file) === from.file;
  const first = own!.steps.findIndex(({ file, statements }) =>
    isHere(file) && statements.some(({ line }) => line === from.line)
  );
  if (first < 0) {
    throw new UsageError(
      `Cannot begin ${migration.name} at ${
        from.file === null ? "" : `${from.file}:`
      }${from.line}: no statement begins there`,
      `Statements begin at ${
        own!.steps.flatMap(({ file, statements }) => statements.map(({ line }) => `${file}:${line}`)).join(
          ", ",
        )
      }.`,
    );
  }
  const [step, ...later] = own!.steps.slice(first);
  const statements = step!.statements.filter(({ line }) => line >= from.line);
  return { ...migration, variants: [{ ...own!, steps: [{ ...step!, statements }, ...later] }] };
}

async function requestOf(given: MigrateArguments, config: Config) {
  const { scenario, arms } = await chosenBy(given.scenario ?? SCENARIO, given, config);
  refuseVerifying(arms, scenario, config, "a migration");
  for (const arm of arms) refuseElsewhere(arm);
  if (given.inPlace === undefined) refuseOtherService(arms, config);
  const staged = scenario.streams.find(({ stages }) => stages !== null);
  if (staged !== undefined) {
    throw new UsageError(
      `Cannot migrate under the load of ${scenario.name}: its rate changes by plan, and nobody could tell that from what ` +
        "the migration does",
      "Give a --scenario whose rate stays.",
    );
  }
  const segmentSeconds = given.duration ?? SEGMENT_SECONDS;
  // Its clone is the migration's, and not that of an arm.
  const asked = { ...given, clone: false, duration: 2 * segmentSeconds + LONGEST_SECONDS };
  const plan = withRoomToWait(scenario, completePlan(scenario, asked, arms));
  refuseTooMuch(scenario, plan);
  const data = await dataOf(scenario, given);
  const db = storeForRun(config, given.db);
  refuseWithoutRoom(scenario, plan, config, db);
  return { scenario, plan, data, db, given, segmentSeconds };
}

/** All that come in a stall wait, until they time out: to shed some would make errors of a pause. */
function withRoomToWait({ timeout }: Pick<LoadedScenario, "timeout">, plan: BenchPlan): BenchPlan {
  return { ...plan, inFlightCap: Math.max(plan.inFlightCap, Math.ceil(2 * plan.rate * timeout)) };
}

/** What a service of the user's is asked for goes to its own database, and not to the clone. */
function refuseOtherService(arms: readonly PlannedArm[], { graphqlUrl }: Config): void {
  const asking = arms.filter(({ path }) => pathOf(path).needs.includes("graphql"));
  if (graphqlUrl === undefined || asking.length === 0) return;
  throw new UsageError(
    `Cannot migrate a clone under the load of ${
      asking.map(({ name }) => name).join(", ")
    }: the service at GRAPHQL_URL asks another database than the clone`,
    `Unset GRAPHQL_URL, so that Benchbook starts a PostGraphile over the clone, or leave ${
      asking.map(({ name }) => name).join(" and ")
    } out of --paths.`,
  );
}

/** All arms ask the database that is migrated. */
function refuseElsewhere({ name, file, path, overrides }: PlannedArm): void {
  const { tier } = pathOf(path);
  if (tier !== undefined) {
    throw new UsageError(
      `Cannot use the path ${path} in a migration: it asks a clone with the tier ${tier.name}, and all arms ask the ` +
        "database that is migrated",
      "Leave it out.",
    );
  }
  for (const field of ["databaseUrl", "graphqlUrl", "change"] as const) {
    if (overrides[field] === undefined) continue;
    throw new UsageError(
      `Cannot use the ${armCalled(name, file ?? "")} in a migration: ${
        field === "change" ? "it is a change of a database of its own" : `${field}: it asks another database`
      }, and all arms ask the one that is migrated`,
      "Leave it out.",
    );
  }
}

function refuseUnmeant(named: string | undefined, given: MigrateArguments): asserts named is string {
  if (named === undefined) {
    throw new UsageError(
      "Cannot migrate: no migration is named",
      "Name one, or a .sql file of your own; deno task migrate --list lists them.",
    );
  }
  refuseMoveOptions(named, given);
  if (given.concurrency !== undefined) {
    throw new UsageError(
      "Cannot migrate under a closed loop: its clients stop asking while they wait, and a stall would hide itself",
      "Leave out --concurrency, and say the rate by --rate.",
    );
  }
  if (given.from !== undefined && !isOwnMigration(named)) {
    throw new UsageError(
      `Cannot begin ${named} at a line: only files of your own can be`,
      "Leave out --from.",
    );
  }
  if (isOwnMigration(named) && given.variant !== undefined) {
    throw new UsageError(
      `Cannot choose a variant of ${named}: a file of your own has none`,
      "Leave out --variant.",
    );
  }
  if (given.inPlace !== undefined && !isOwnMigration(named) && named !== MOVE_SERVER) {
    throw new UsageError(
      `Cannot make ${named} in place: the migrations that come with Benchbook are made on a clone`,
      "Name a .sql file of your own, or leave out --in-place.",
    );
  }
  if (given.inPlace !== undefined && given.clone) {
    throw new UsageError(
      "Cannot migrate both a clone and the database itself",
      "Give --clone or --in-place.",
    );
  }
}

/** The name is typed so that nobody changes a database which they have forgotten is in their environment. */
function refuseOtherDatabase(name: string, url: string | undefined): void {
  const cannot = `Cannot migrate the database "${name}" in place`;
  if (url === undefined) {
    throw new UsageError(
      `${cannot}: DATABASE_URL is not set, so Benchbook knows no database of yours`,
      "Set it, or leave out --in-place: then the change is made on a clone of the embedded database.",
    );
  }
  const { database } = placeOfUrl(url);
  if (database === name) return;
  throw new UsageError(
    `${cannot}: DATABASE_URL names the database "${database}"`,
    "Nothing was changed. Name that one, or set DATABASE_URL to the other.",
  );
}
