import type { Instance } from "../stack/services.ts";
import type { SystemUnderTest } from "./system_under_test.ts";
import type { WatchedInstance } from "./watch.ts";

/**
 * Every instance that a run uses, those of its arms included; of the primary with the URL of the database under load, and
 * of a move's target with that of the database which it moves to.
 */
export function instancesOf(
  { stack, databaseUrl, move, armServices }: Pick<
    SystemUnderTest,
    "stack" | "databaseUrl" | "move" | "armServices"
  >,
): Instance[] {
  const own = new Map([
    [stack.postgres.name, databaseUrl],
    ...move === null ? [] : [[move.server.name, move.target.url] as const],
  ]);
  return [
    ...stack.instances.map((instance) => ({ ...instance, url: own.get(instance.name) ?? instance.url })),
    ...armServices,
  ];
}

/**
 * Those whose death is noticed by a connection: every PostgreSQL, and others that are not Benchbook's own, of which
 * there are processes. A Redis of the user's that all cached arms share is not among them: where it dies they go on
 * without, which is told.
 */
export function watchedOf(instances: readonly Instance[]): Instance[] {
  return instances.filter(({ service, process, arms }) =>
    service === "postgres" || process === null && (service === "graphql" || arms !== undefined)
  );
}

/** The clones of a run, as their arms' own: one may be dropped while its server, which has the primary's name, lives on. */
export function watchedClones(
  { stack, clones }: Pick<SystemUnderTest, "stack" | "clones">,
): WatchedInstance[] {
  const { name, service } = stack.postgres;
  return [...clones].map(([arm, url]) => ({ name, service, url, arms: [arm] }));
}
