import { statementEffects } from "../lint/effects.ts";
import { BenchbookError, InterruptedError } from "../model/errors.ts";
import type { MigrationPrediction } from "../model/prediction.ts";
import { sessionName } from "../model/session_name.ts";
import { formatMs, significant } from "../model/units.ts";
import { pathOf } from "../paths/registry.ts";
import type { PgClient } from "../postgres/client.ts";
import { parseStatements } from "../postgres/sql_parser.ts";
import { calibrate, forgetLikenesses, type PredictionRates } from "../predict/calibrate.ts";
import { factsOf, type PredictionFacts } from "../predict/facts.ts";
import { mentioned, type Named, readNamed } from "../predict/mentioned.ts";
import { type PlannedStatement, predictMigration } from "../predict/migration.ts";
import { readRelations } from "../predict/read_facts.ts";
import { type Again, slowdownOf, unitMs } from "../predict/slowdown.ts";
import type { LoadFacts } from "../predict/stall.ts";
import { isOfServer, UNLIMITED, withClient } from "../seed/connect.ts";
import { BESIDE_THE_LOAD, spanText } from "../summary/migration/predicted.ts";
import { comingRequests } from "./coming_requests.ts";
import type { Migrating } from "./migrating.ts";
import { plannedStatements } from "./planned_statements.ts";
import type { SystemUnderTest } from "./system_under_test.ts";

/** What a session's work takes is looked at for so long, ms: before the load, and beside it. */
const ALONE_MS = 300;
const BESIDE = { forMs: 1000, mostMs: 1600 } as const;

/** What was seen of the load. */
type Seen = Pick<LoadFacts, "slowdown" | "responseMs">;

/** @param seen null: the load was not looked at */
type Predict = (seen: Seen | null) => MigrationPrediction;

/** What is held against the same beside the load. */
interface Alone {
  /** Of what was measured on likenesses; empty: nothing was. */
  readonly again: readonly Again[];
  /** Of work that is always the same, ms. */
  readonly unitMs: number;
}

/** What a migration is expected to do to those who use the database, before it is made. */
export class Expectation {
  readonly #system: SystemUnderTest;
  readonly #predict: Predict;
  readonly #alone: Alone;
  /** By what is known by now. */
  predicted: MigrationPrediction;

  private constructor(system: SystemUnderTest, predict: Predict, alone: Alone) {
    this.#system = system;
    this.#predict = predict;
    this.#alone = alone;
    this.predicted = predict(null);
  }

  /**
   * By the catalogue, its statistics and the planner, and on a clone by what the same work takes on rows of our own; as a step
   * that is told. null: it could not be told, which keeps no run from being made.
   * @param looksLater whether `look` is asked once the load goes on: what was made to measure stays for it
   */
  static async of(
    system: SystemUnderTest,
    migrating: Migrating,
    looksLater: boolean,
  ): Promise<Expectation | null> {
    return await system.terminal.step("Predict what it does to its users", async () => {
      try {
        const value = await Expectation.#beforeLoad(system, migrating, looksLater);
        const { stall, why } = value.predicted;
        return { value, detail: `stall ${spanText(stall)}${stall === null ? `: ${why}` : ""}` };
      } catch (error) {
        if (!(error instanceof BenchbookError) || error instanceof InterruptedError) throw error;
        return { value: null, detail: error.message, sign: "✗" as const };
      }
    });
  }

  static async #beforeLoad(
    system: SystemUnderTest,
    { plan, config, segmentSeconds }: Migrating,
    looksLater: boolean,
  ): Promise<Expectation> {
    return await inSession(system, async (client) => {
      const known = factsOf(await readRelations(client));
      const planned = await plannedStatements(client, plan.steps, known);
      const named = await readNamed(client);
      const calibration = config.place === "clone" ? await calibrated(client, planned, named, known) : null;
      const facts = { ...known, ...calibration };
      const load = {
        ...await loadFacts(system, named, known),
        coming: comingRequests(system, segmentSeconds),
      };
      const predict: Predict = (seen) => ({
        ...predictMigration(
          planned,
          config.beside,
          facts,
          { ...load, ...seen ?? { slowdown: 1, responseMs: 0 } },
          config.lockTimeoutMs,
        ),
        rates: [ratesText(calibration), ...seen === null ? [] : [loadText(seen)]].join(" "),
      });
      const again = looksLater ? calibration?.again ?? [] : [];
      if (again.length === 0 && calibration?.isLeft === true) await forgetLikenesses(client);
      return new Expectation(system, predict, {
        again,
        unitMs: looksLater && again.length === 0 ? await unitMs(client, ALONE_MS, system.signal) : 0,
      });
    });
  }

  /**
   * Takes in how much longer work takes beside the load, which must be going on.
   * @param responseMs within which 95 % of its requests are answered; null: nobody knows
   */
  async look(signal: AbortSignal, responseMs: () => number | null): Promise<void> {
    const { again, unitMs: aloneMs } = this.#alone;
    const slowdown = await inSession(this.#system, async (client) => {
      if (again.length === 0) return await unitMs(client, BESIDE.forMs, signal) / aloneMs;
      try {
        return await slowdownOf(client, again, BESIDE, signal);
      } finally {
        await forgetLikenesses(client);
      }
    });
    this.predicted = this.#predict({ slowdown, responseMs: responseMs() ?? 0 });
  }
}

function inSession<T>(
  { databaseUrl, runId, signal }: SystemUnderTest,
  use: (client: PgClient) => Promise<T>,
) {
  return withClient(databaseUrl, use, { ...UNLIMITED, name: sessionName(runId, "migration"), signal });
}

async function calibrated(
  client: PgClient,
  planned: readonly PlannedStatement[],
  named: readonly Named[],
  known: PredictionFacts,
): Promise<PredictionRates | null> {
  const work = planned.flatMap(({ effects, relations }) =>
    effects.work.flatMap((each) => {
      const origin = relations.get(each.relation)?.origin;
      return origin === undefined || !known.relations.has(origin) ? [] : [{ ...each, relation: origin }];
    })
  );
  const refreshed = work.flatMap(({ kind, relation }) =>
    kind === "refresh" ? known.relations.get(relation)?.query ?? [] : []
  );
  const queries = [...planned.flatMap(({ query }) => query ?? []), ...refreshed];
  try {
    return await calibrate(client, work, queries, named, known);
  } catch (error) {
    // A role that may not make a schema, or a server that took too long.
    if (isOfServer(error)) throw error;
    return null;
  }
}

/** What the load asks of which relations. */
async function loadFacts(
  { arms, scenario, plan }: SystemUnderTest,
  named: readonly Named[],
  { relations }: PredictionFacts,
): Promise<Omit<LoadFacts, keyof Seen | "coming">> {
  const tables = [...relations.keys()];
  const { statements } = arms.find(({ target }) => pathOf(target.path).language === "sql") ?? arms[0]!;
  const weights = scenario.operations.reduce((sum, { weight }) => sum + weight, 0);
  const operations = await Promise.all(scenario.operations.map(async ({ write, weight }, at) => {
    const text = statements[at]?.text ?? "";
    return {
      write: write === true,
      share: weight / weights,
      relations: mentioned(text, named, tables),
      ...write === true ? await written(text) : { writes: [], changes: [] },
    };
  }));
  return {
    rate: plan.rate,
    paths: arms.length,
    connections: plan.connections,
    timeoutMs: 1000 * scenario.timeout,
    operations,
  };
}

/** The relations that a question writes, and those of which it changes rows that are there. */
async function written(text: string): Promise<Pick<LoadFacts["operations"][number], "writes" | "changes">> {
  try {
    const [node] = await parseStatements(text, { file: "a question" });
    const writes = statementEffects(node!).locks.filter(({ mode }) => mode === "RowExclusiveLock")
      .map(({ relation }) => relation);
    return { writes, changes: "InsertStmt" in node! ? [] : writes };
  } catch {
    // GraphQL, or nothing at all.
    return { writes: [], changes: [] };
  }
}

function ratesText(calibration: PredictionRates | null): string {
  if (calibration === null) {
    return "Rates are those of a machine of two cores with an SSD: on this server nothing was measured.";
  }
  return calibration.ms === 0
    ? "Nothing had to be measured for it: all of it is small."
    : `Rates were measured before the load on rows of Benchbook's own, in ${formatMs(calibration.ms)}.`;
}

function loadText({ slowdown, responseMs }: Seen): string {
  return `${BESIDE_THE_LOAD} the same work took ${
    significant(slowdown, 3)
  } times as long, and 95 % of the load's requests were answered within ${formatMs(responseMs)}.`;
}
