import type { Client, QueryResult } from "pg";
import { refuseBeyond } from "../clone/beyond_clone.ts";
import type { StepPlan, Variant } from "../model/migration.ts";
import type { PgClient } from "../postgres/client.ts";
import { asLogin } from "../seed/connect.ts";
import { type Holders, openHolders } from "./holders.ts";
import type { Removal } from "./invalid_indexes.ts";
import { type HalfDone, halfDone } from "./leftovers.ts";
import { migrateSql } from "./migrate_sql.ts";
import { runHeld } from "./held_statement.ts";
import { type StatementWatch, UNWATCHED } from "./statement_watch.ts";
import { LOCK_PATIENCE_MS, LOCK_TIMEOUT_MS, type StepsOptions } from "./step_options.ts";
import { recordStatement, type StatementRecord } from "./statement_record.ts";

/** The session in which a migration's steps run, and all that moves need of their run. */
export interface StepSession {
  readonly client: PgClient;
  readonly pid: number;
  /** When its process began, as the server says it. */
  readonly beganAt: string;
  readonly url: string;
  readonly runId: string;
  readonly signal: AbortSignal;
  readonly lockTimeoutMs: number;
  readonly lockPatienceMs: number;
  readonly limitP95Ms: number;
  readonly liveP95Ms: () => number | null;
  readonly holders: Holders;
  readonly locks: StatementWatch;
  /** Uniform in [0, 1), the next one each time. */
  readonly random: () => number;
  readonly nowUs: () => number;
  /** What was half done before the first step. */
  readonly before: HalfDone;
  /** Says what a move has cleaned up, and what it could not. */
  readonly tell: (removal: Removal) => void;
  /** The row of a statement, which this does not begin. */
  record(step: StepPlan, index: number): StatementRecord;
  /** @param text of one of a step's statements, as it is run. @throws {UsageError} where it writes outside of the clone */
  refuseBeyond(step: StepPlan, index: number, text?: string): Promise<void>;
  /** Runs a text and looks whom it waits for. */
  run(sql: string, values?: readonly unknown[]): Promise<QueryResult>;
  /** The same with one of a step's statements: before it is committed, `locks` looks what it holds. */
  runStatement(sql: string, values?: readonly unknown[]): Promise<QueryResult>;
  /** Sets what holds for each statement from now on; null: what the session began with. */
  limit(limits: Limits): Promise<void>;
}

/** What a statement may take, ms; null: as the URL, the role and the server say. */
export interface Limits {
  readonly lockMs: number | null;
  readonly statementMs: number | null;
  /** For the transaction under way alone. */
  readonly local?: boolean;
}

/** Between two looks at a statement that may wait for long. */
const LOOK_MS = 500;

/** Makes a session of a client that was opened for it. @throws what the server says */
export async function openStepSession(
  client: PgClient,
  variant: Variant,
  options: StepsOptions,
  tell: (removal: Removal) => void,
): Promise<StepSession> {
  const { url, runId, random, nowUs, onRecord, locks = UNWATCHED } = options;
  await client.query(migrateSql("end_with_client.sql")).catch(() => {});
  const began = await beganWith(client);
  options.onSession?.(began.pid);
  const before = await halfDone(client, began.pid);
  const holders = await openHolders(url, began.pid);
  const records = new Map<string, StatementRecord>();
  let drawn = 0;
  let lookMs = LOOK_MS;
  return {
    client,
    pid: began.pid,
    beganAt: began.beganAt,
    url,
    runId,
    signal: options.signal ?? new AbortController().signal,
    lockTimeoutMs: options.lockTimeoutMs ?? LOCK_TIMEOUT_MS,
    lockPatienceMs: options.lockPatienceMs ?? LOCK_PATIENCE_MS,
    limitP95Ms: options.limitP95Ms ?? Infinity,
    liveP95Ms: options.liveP95Ms ?? (() => 0),
    holders,
    locks,
    random: () => random.float(drawn++),
    nowUs,
    before,
    tell,
    record(step, index) {
      const key = `${step.step} ${index}`;
      const record = records.get(key) ?? recordStatement({ step, index, variant, nowUs, onRecord });
      records.set(key, record);
      return record;
    },
    async refuseBeyond({ file, statements }, index, text = statements[index]!.text) {
      if (options.inPlace === true) return;
      await refuseBeyond(client, "migrate a clone by", { file, line: statements[index]!.line, text });
    },
    run: (sql, values) =>
      holders.during(lookMs, () => values === undefined ? client.query(sql) : client.query(sql, [...values])),
    runStatement: (text, values) =>
      holders.during(lookMs, () => runHeld(client, { text, values }, () => locks.held())),
    async limit({ lockMs, statementMs, local = false }) {
      // Twice before it gives up: one look may come too early, or while the server has others to serve.
      lookMs = lockMs === null ? LOOK_MS : Math.min(LOOK_MS, Math.max(10, 0.4 * lockMs));
      await client.query(migrateSql("set_limits.sql"), [
        lockMs === null ? began.lockTimeout : `${lockMs}ms`,
        statementMs === null ? began.statementTimeout : `${statementMs}ms`,
        local,
      ]);
    },
  };
}

interface Began {
  readonly pid: number;
  readonly beganAt: string;
  readonly lockTimeout: string;
  readonly statementTimeout: string;
}

async function beganWith(client: Client): Promise<Began> {
  // A role that the login takes on by default may not see when its own session began.
  return await asLogin(client, async () => (await client.query<Began>(migrateSql("session.sql"))).rows[0]!);
}
