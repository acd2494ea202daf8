import { unlessAborted } from "../net/unless_aborted.ts";
import type { Config } from "../config.ts";
import type { ArmOverrides, PlannedArm } from "../model/arms.ts";
import { BenchbookError, InterruptedError } from "../model/errors.ts";
import { openUsersGraphql } from "../stack/open_graphql.ts";
import { openUsersRedis } from "../stack/open_redis.ts";
import { inspectPostgres } from "../stack/postgres_server.ts";
import type { Instance, Unavailable } from "../stack/services.ts";

/** The fields of an arm's file that name a service, in the order in which they are looked at. */
const SERVICES = { databaseUrl: "postgres", redisUrl: "redis", graphqlUrl: "graphql" } as const;
type Field = keyof typeof SERVICES;

/** What arms have of their own. */
export interface ArmServices {
  /** With their PostgreSQL's URLs as they were found to work. */
  readonly arms: readonly PlannedArm[];
  /** Each once, however many arms name it; none that the run has anyhow. */
  readonly instances: readonly Instance[];
  /** Why an arm cannot be measured, a sentence by its name. */
  readonly withoutService: ReadonlyMap<string, string>;
}

interface Looking {
  /** Whether nothing is written: then a replica will do. */
  readonly readOnly: boolean;
  readonly signal: AbortSignal;
}

/**
 * Looks at the services that the files of arms name, as at those of the run: an arm that cannot have its own is not
 * available, and the others are measured.
 * @param run with the services that the run has anyhow
 * @throws {InterruptedError} after the signal
 */
export async function openArmServices(
  arms: readonly PlannedArm[],
  run: Pick<Config, Field>,
  { readOnly, signal }: Looking,
): Promise<ArmServices> {
  const withoutService = new Map<string, string>();
  const instances: Instance[] = [];
  const settled = new Map<string, string>();
  for (const [field, url, of] of namedBy(arms)) {
    const opened = await unlessAborted(open(field, url, of, readOnly), signal).catch((error) => {
      throw signal.aborted ? new InterruptedError() : error;
    });
    if ("reason" in opened) {
      for (const { name } of of) if (!withoutService.has(name)) withoutService.set(name, opened.reason);
      continue;
    }
    settled.set(url, opened.url);
    if (url !== run[field]) instances.push(opened);
  }
  const overridesOf = ({ overrides }: PlannedArm): ArmOverrides => {
    const { databaseUrl } = overrides;
    return databaseUrl === undefined
      ? overrides
      : { ...overrides, databaseUrl: settled.get(databaseUrl) ?? databaseUrl };
  };
  return { arms: arms.map((arm) => ({ ...arm, overrides: overridesOf(arm) })), instances, withoutService };
}

/** The databases that arms bring, each once, but for those arms that cannot have theirs. */
export function databasesOfArms(
  arms: readonly Pick<PlannedArm, "name" | "overrides">[],
  withoutService: ReadonlyMap<string, string>,
): string[] {
  const measured = arms.filter(({ name }) => !withoutService.has(name));
  return [...new Set(measured.flatMap(({ overrides }) => overrides.databaseUrl ?? []))];
}

/** The URLs that arms name, each with all arms that do. */
function namedBy(arms: readonly PlannedArm[]): [Field, string, PlannedArm[]][] {
  return (Object.keys(SERVICES) as Field[]).flatMap((field) => {
    const byUrl = Map.groupBy(arms, ({ overrides }) => overrides[field]);
    return [...byUrl].flatMap(([url, of]): [Field, string, PlannedArm[]][] =>
      url === undefined ? [] : [[field, url, of]]
    );
  });
}

/** An instance has the name of the first arm that names it, and that of its kind: no other one is called so. */
async function open(
  field: Field,
  url: string,
  of: readonly PlannedArm[],
  readOnly: boolean,
): Promise<Instance | Unavailable> {
  const [{ name: first, file }] = of as [PlannedArm];
  const called = `${field} in ${file}`;
  const identity = { name: `${first}-${SERVICES[field]}`, arms: of.map(({ name }) => name) };
  switch (field) {
    case "databaseUrl":
      return { ...await openDatabase(url, called, readOnly), ...identity };
    case "redisUrl":
      return { ...await openUsersRedis(url, called), ...identity };
    case "graphqlUrl":
      return { ...await openUsersGraphql(url, called, {}, {}), ...identity };
  }
}

async function openDatabase(
  url: string,
  called: string,
  readOnly: boolean,
): Promise<Omit<Instance, "name" | "arms"> | Unavailable> {
  try {
    const { url: settled, version, settings } = await inspectPostgres(url, "the URL", { readOnly });
    const identity = { service: "postgres", role: "arm", origin: "user", process: null } as const;
    return { ...identity, url: settled, version, settings };
  } catch (error) {
    if (!(error instanceof BenchbookError)) throw error;
    const why = [error.message, ...error.next === undefined ? [] : [error.next]];
    const reason = why.map((text) => `${text.replace(/\.$/, "")}.`).join(" ");
    return { available: false, reason: `${called} cannot be used: ${reason}` };
  }
}
