import type { PgClient } from "../postgres/client.ts";
import type { Work } from "../model/statement_effects.ts";
import { Calibrator } from "./calibrator.ts";
import { type PredictionFacts, type QueryFacts, type RelationFacts, workKey } from "./facts.ts";
import { SCHEMA } from "./likeness.ts";
import type { Named } from "./mentioned.ts";
import { predictSql } from "./predict_sql.ts";
import { scaledRates } from "./scaled_rates.ts";
import type { Again } from "./slowdown.ts";
import { keptTime, workTime } from "./work_time.ts";

/** No further measurement is begun after `budgetMs`; what hardly takes longer than `worthMs` is not worth it. */
const LIMITS = { budgetMs: 4000, worthMs: 20 };
/** A statement may take so long, whatever holds it up. */
const LONGEST_MS = 10_000;

type Client = Pick<PgClient, "query">;

/** What was found out of a server. */
export type PredictionRates = Pick<PredictionFacts, "rates" | "measured" | "queries"> & {
  /** How long that took, ms. */
  readonly ms: number;
  /** Whether likenesses are left, for `forgetLikenesses` to remove. */
  readonly isLeft: boolean;
  /** What can be measured again while they are, that first which takes longest. */
  readonly again: readonly Again[];
};

/**
 * Finds out how long work takes on this server, on rows of its own in a schema of its own, which stays until
 * `forgetLikenesses`: a table is made like the one that the work is for, with some thousand rows, and the same is done to it.
 * What hardly takes any time is left out.
 * @throws what the server says, also where a schema of that name is there
 * @param work each piece that is to be predicted
 * @param queries those whose time is among it
 * @param named the views and functions by which they read
 */
export async function calibrate(
  client: Client,
  work: readonly Work[],
  queries: readonly QueryFacts[],
  named: readonly Named[],
  known: PredictionFacts,
  { budgetMs, worthMs }: typeof LIMITS = LIMITS,
): Promise<PredictionRates> {
  const started = performance.now();
  const worth = worthMeasuring(work, known, worthMs);
  const { rates } = known;
  if (worth.length + queries.length === 0) {
    return { rates, measured: new Map(), queries: new Map(), ms: 0, isLeft: false, again: [] };
  }
  // One that is there already is somebody else's, and refuses to be made.
  await client.query(`CREATE SCHEMA ${SCHEMA}`);
  try {
    await client.query(`SET statement_timeout = ${LONGEST_MS}`);
    const calibrator = new Calibrator(client, known, started + budgetMs);
    await calibrator.begin(queries, named);
    for (const [origin, its] of byOrigin(worth, known)) await calibrator.measure(origin, its);
    const { rates, measured, queries: timed, again } = calibrator;
    const others = scaledRates(rates, worth, known, measured);
    const facts = { ...known, rates: others, measured, queries: timed };
    return {
      rates: others,
      measured,
      queries: timed,
      ms: performance.now() - started,
      isLeft: true,
      again: longestFirst(again, worth, queries, facts),
    };
  } catch (error) {
    await forgetLikenesses(client);
    throw error;
  } finally {
    await client.query(predictSql("as_before.sql"));
  }
}

/** Removes what `calibrate` left. */
export async function forgetLikenesses(client: Client): Promise<void> {
  await client.query(`DROP SCHEMA IF EXISTS ${SCHEMA} CASCADE`);
}

/** Those that may take a while, each once, the longest first. */
function worthMeasuring(work: readonly Work[], known: PredictionFacts, worthMs: number): Work[] {
  const kinds = ["rewrite", "scan", "look-up", "index build", "row changes"];
  const longest = (each: Work) => workTime(each, known).span?.highMs ?? 0;
  return [...new Map(work.map((each) => [workKey(each), each])).values()]
    .filter((each) => kinds.includes(each.kind) && longest(each) > worthMs)
    .sort((a, b) => longest(b) - longest(a));
}

/** By the relation whose rows they are about, in their order. */
function byOrigin(work: readonly Work[], { relations }: PredictionFacts): Map<RelationFacts, Work[]> {
  const found = new Map<string, [RelationFacts, Work[]]>();
  for (const each of work) {
    const its = relations.get(each.relation)!;
    const group = found.get(its.origin) ?? [relations.get(its.origin) ?? its, []];
    group[1].push(each);
    found.set(its.origin, group);
  }
  return new Map(found.values());
}

function longestFirst(
  again: ReadonlyMap<string, Again>,
  work: readonly Work[],
  queries: readonly QueryFacts[],
  facts: PredictionFacts,
): Again[] {
  const expected = new Map([
    ...work.map((each): [string, number] => [workKey(each), workTime(each, facts).span?.ms ?? 0]),
    ...queries.map((each): [string, number] => [each.text, keptTime(each, 0, facts).ms]),
  ]);
  return [...again].sort(([a], [b]) => (expected.get(b) ?? 0) - (expected.get(a) ?? 0))
    .map(([, each]) => each);
}
