import { loadMigration } from "../migrate/definition.ts";
import { runSteps } from "../migrate/run_steps.ts";
import { InterruptedError, ServiceError } from "../model/errors.ts";
import type { TierUpkeep } from "../model/tier_settings.ts";
import type { Tier } from "../paths/tier.ts";
import { counter } from "../random/counter.ts";
import { withClient } from "../seed/connect.ts";
import { tierSql } from "./tier_sql.ts";

export interface InstallOptions {
  /** Of the repository. */
  readonly root: string;
  /** Of a clone; may hold a password. */
  readonly url: string;
  readonly runId: string;
  readonly seed: number;
  /** What will keep it up; null: its writers do. */
  readonly upkeep: TierUpkeep | null;
  readonly signal: AbortSignal;
  /** Told of each statement before it runs. */
  readonly onStatement: (shown: string) => void;
}

/**
 * Makes a tier in a clone, by the safe steps of its migration.
 * @returns how many statements that took
 * @throws {ServiceError} where a step fails, with what PostgreSQL says, or the tier cannot be read afterwards
 * @throws {InterruptedError} after the signal
 */
export async function installTier(tier: Tier, options: InstallOptions): Promise<number> {
  const { root, url, runId, seed, upkeep, signal, onStatement } = options;
  const { variants } = await loadMigration(root, tier.migration);
  const safe = variants.find(({ variant }) => variant === "safe")!;
  const { stopped, interrupted } = await runSteps(safe, {
    url,
    runId,
    signal,
    nowUs: () => performance.now() * 1000,
    onRecord: ({ sql, endUs }) => {
      if (endUs === null) onStatement(sql);
    },
    random: counter(seed, "tier"),
  });
  if (interrupted) throw new InterruptedError();
  if (stopped !== null) {
    throw new ServiceError(
      `Cannot make the tier ${tier.name}: ${stopped.file}:${stopped.line}: ${stopped.message}`,
      `${stopped.next} The clone that it was to be made in is dropped.`.trim(),
    );
  }
  if (upkeep?.kind === "fold") {
    await withClient(url, (client) => client.query(tierSql(`${tier.name}/batch.sql`)), { signal });
  }
  await refuseUnreadable(tier, url, signal);
  return safe.steps.reduce((sum, { statements }) => sum + statements.length, 0);
}

/**
 * A view that was never populated fails each of its readers: that is known before there is any load.
 * @throws {ServiceError} where a tier is not there, or cannot be read
 */
export async function refuseUnreadable(
  { name, relation, migration }: Tier,
  url: string,
  signal: AbortSignal,
): Promise<void> {
  const { rows: [found] } = await withClient(
    url,
    (client) => client.query<{ populated: boolean }>(tierSql("populated.sql"), [relation]),
    { signal },
  );
  if (found?.populated) return;
  throw new ServiceError(
    `Cannot measure the path ${name}: ${
      found === undefined
        ? `there is no ${relation} after the safe steps of ${migration}`
        : `${relation} was never populated, and no query can read it`
    }`,
    found === undefined
      ? `Make it there: queries/migrations/${migration}/safe.`
      : `Make it WITH DATA in queries/migrations/${migration}/safe, or refresh it there once.`,
  );
}
