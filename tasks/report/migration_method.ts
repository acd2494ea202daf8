import type { MigrationSummary } from "../model/migration_summary.ts";
import type { RunSummary } from "../model/summary.ts";
import { formatMs, formatSeconds, listed } from "../model/units.ts";
import { loadSentence, provenText, RESPONSE_TIME, validitySentence } from "./method.ts";

const MOVE = [
  "The tables moved to another PostgreSQL server by a publication and a subscription. At the switch all client pools were " +
  "held, writes at the old server were refused, and clients went on at the new one once it had the old one's whole log, a " +
  "row written last (the sentinel) included, and checksums of what was written since the copy were equal.",
  "A move to another server may stall for 1 s unless a target says otherwise: clients have to wait for the last rows.",
];

/** How a migration was made and judged, in whole sentences. */
export function migrationMethod(
  { run: { config, environment } }: RunSummary,
  migration: MigrationSummary,
): string[] {
  const { migration: { place, database, lockTimeoutMs, steps, move }, stallLimitMs } = migration;
  const timed = steps.some(({ move }) => move.kind === "lock_timeout");
  return [
    place === "clone"
      ? `The change was made on a copy of ${database} (CREATE DATABASE … TEMPLATE), which was ${
        (environment.left ?? []).length > 0 ? "left: the next deno task bench drops it" : "dropped afterwards"
      }.`
      : `The change was made in ${database} itself, and stays.`,
    ...move === undefined ? [] : MOVE,
    `${loadSentence(config)} The arms ${
      listed(config.arms)
    } were asked at once: which one a request went to was drawn from ` +
    "the seed.",
    "Baseline and recovery lasted equally long; between them the migration ran for as long as it took. The warm-up is " +
    "recorded, and excluded from all statistics.",
    RESPONSE_TIME,
    "Users' requests are those that reached the database: a hit in a cache is none. Quantiles are compared between baseline " +
    "and migration; the interval of a difference has the uncertainty of both.",
    `A stall is time in which requests of a path and kind were pending and none succeeded; one of more than ${
      formatMs(stallLimitMs)
    } is too long. Degradation is the area between p95 and that of the baseline in bins of a second, less what the baseline ` +
    "itself has.",
    "The load has recovered where for five seconds p95 is at most the baseline's median and three times its median absolute " +
    "deviation (5 % at least) above it, and throughput and hit rate are at most as much below theirs.",
    "Locks and those who wait for them were sampled from pg_locks and pg_stat_activity at least every 100 ms: what was over " +
    "sooner may be missing. That a table was written anew is told by its relfilenode.",
    "What a client writes follows from the seed, which was on disk before the first write; what became of each write was " +
    "recorded, and afterwards the database was asked for each of them. Checksums are sums of hashtextextended over rows that " +
    "the load never touched, by ranges of keys, before and after.",
    ...timed
      ? [
        `Steps under lock_timeout had ${
          formatSeconds(lockTimeoutMs / 1000)
        }, and were tried again after a random pause, never ` +
        "without a timeout.",
      ]
      : [],
    validitySentence(config.thresholds),
    provenText(config),
  ];
}
