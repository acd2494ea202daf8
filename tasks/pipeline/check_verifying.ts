import type { Config } from "../config.ts";
import type { LoadedScenario } from "../load/scenario.ts";
import type { PlannedArm } from "../model/arms.ts";
import { asksToVerify } from "../model/cache_settings.ts";
import { UsageError } from "../model/errors.ts";

/**
 * Holds it against the command that other caches are to be run afterwards.
 * @param instead what is made that is no run of `bench`; null: one is
 * @throws {UsageError} where they cannot be
 */
export function refuseVerifying(
  arms: readonly PlannedArm[],
  { settings }: Pick<LoadedScenario, "settings">,
  { redisUrl }: Pick<Config, "redisUrl">,
  instead: string | null = null,
): void {
  const asking = arms.filter((arm) => asksToVerify(settings, arm) > 0);
  if (asking.length === 0) return;
  const fault = (why: string, next: string) => new UsageError(`Cannot set verify: ${why}`, next);
  if (instead !== null) throw fault(`${instead} has no map of hit rates`, "Leave it out.");
  if (redisUrl !== undefined) {
    throw fault(
      "REDIS_URL names a server of yours, and its maxmemory stays as it is",
      "Leave it out, or unset REDIS_URL to use a Redis of Benchbook's own.",
    );
  }
  const elsewhere = asking.find(({ overrides }) => overrides.redisUrl !== undefined);
  if (elsewhere !== undefined) {
    throw fault(
      `the file of the arm ${elsewhere.name} names a Redis of yours, and its maxmemory stays as it is`,
      'Leave it out, set "verify": 0 in the settings of that file, or take its redisUrl out.',
    );
  }
  if (asking.some(({ path }) => path.endsWith("+cache"))) return;
  throw fault("no path that is asked has a cache", "Leave it out, or ask by one: --paths sql,sql+cache.");
}
