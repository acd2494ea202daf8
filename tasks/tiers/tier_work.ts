import type { Operation } from "../model/operation.ts";
import type { Sample } from "../model/run.ts";
import { withClient } from "../seed/connect.ts";
import { isKept, type PlacedTier } from "./placed_tier.ts";
import { between, databaseAt, type StatementTimes, statementTimes } from "./statement_times.ts";
import { tierSql } from "./tier_sql.ts";

/** What is looked at: tiers, and the database without any. */
export interface TierWorkOptions {
  readonly tiers: readonly PlacedTier[];
  /** Of the run's database; may hold a password. */
  readonly databaseUrl: string;
  readonly operations: readonly Pick<Operation, "arm" | "name" | "statement">[];
  /** Arms that ask the run's own database by SQL. */
  readonly direct: readonly string[];
}

/** What a run's load costs at PostgreSQL, over its tables and over each tier. */
export class TierWork {
  readonly #options: TierWorkOptions;
  readonly #before: StatementTimes | null;
  /** Why what statements take is not known, as a sentence; null: it is. */
  unknown: string | null;

  private constructor(options: TierWorkOptions, before: StatementTimes | null, unknown: string | null) {
    this.#options = options;
    this.#before = before;
    this.unknown = unknown;
  }

  /** Reads what statements took before there is any load. */
  static async open(options: TierWorkOptions): Promise<TierWork> {
    if (options.tiers.length === 0) return new TierWork(options, null, null);
    try {
      return new TierWork(options, await times(options), null);
    } catch (error) {
      return new TierWork(options, null, unknownText(error));
    }
  }

  /** What it came to, when the load is over. */
  async samples(atUs: number): Promise<Sample[]> {
    const { tiers } = this.#options;
    if (tiers.length === 0) return [];
    const sample = (metric: string, value: number, labels: Sample["labels"]): Sample => ({
      atUs,
      source: "tiers",
      metric,
      labels,
      value,
    });
    const sizes = await Promise.all(tiers.map(async ({ tier: { name, relation }, url }) => {
      const { rows: [found] } = await withClient(
        url,
        (client) => client.query<{ bytes: number }>(tierSql("bytes.sql"), [relation]),
      );
      return sample("bytes", found!.bytes, { tier: name });
    }));
    return [
      ...sizes,
      ...(await this.#took()).flatMap(({ calls, ms, ...labels }) => [
        sample("calls", calls, labels),
        sample("exec_ms", ms, labels),
      ]),
    ];
  }

  async #took(): Promise<{ tier: string; operation: string; calls: number; ms: number }[]> {
    const before = this.#before;
    if (before === null) return [];
    let after: StatementTimes;
    try {
      after = await times(this.#options);
    } catch (error) {
      this.unknown = unknownText(error);
      return [];
    }
    const { tiers, databaseUrl, operations, direct } = this.#options;
    const asked = [
      { tier: "none", url: databaseUrl, arms: direct },
      ...tiers.map(({ tier: { name }, url, arms }) => ({ tier: name, url, arms })),
    ];
    const ofOperations = asked.flatMap(({ tier, url, arms }) =>
      operations.filter(({ arm }) => arm === arms[0]).map(({ name, statement }) => ({
        tier,
        operation: name,
        ...between(before, after, url, statement),
      }))
    );
    const ofUpkeep = tiers.filter(isKept).map(({ tier: { name }, url, upkeep: { kind } }) => ({
      tier: name,
      operation: kind,
      ...between(before, after, url, tierSql(`${name}/${kind}.sql`)),
    }));
    return [...ofOperations, ...ofUpkeep].filter(({ calls }) => calls > 0);
  }
}

function times({ tiers, databaseUrl }: TierWorkOptions): Promise<StatementTimes> {
  const urls = [databaseUrl, ...tiers.map(({ url }) => url)];
  return statementTimes(databaseUrl, urls.map(databaseAt));
}

function unknownText(error: unknown): string {
  const why = (error as Error).message.replace(/^Cannot [^:]*: /, "").replace(/\.$/, "");
  return `What tiers save the database was not measured: pg_stat_statements cannot be read (${why}).`;
}
