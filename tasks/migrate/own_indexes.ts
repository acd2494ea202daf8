import type { StepPlan } from "../model/migration.ts";
import { sleep } from "../net/sleep.ts";
import { migrateSql } from "./migrate_sql.ts";
import type { StepSession } from "./step_session.ts";

/** Between two looks at a statement that has no index yet, as far as is known, and has one. */
const SOON_MS = 100;
const KNOWN_MS = 500;

/** What pg tells of a notice and its types do not know. */
interface Notice {
  readonly routine?: string;
  readonly message?: string;
}

/**
 * Which INVALID indexes are the work of a statement with CONCURRENTLY. One of the right name proves nothing, nor does a look
 * that sees none: somebody else's may have got that name while the statement still waited for the table. So only what the
 * server says of this very session counts: that it is at work on an index, seen by looks over another session, which may
 * miss what is short; and that it begins to build one, which it says to the session itself.
 */
export class OwnIndexes {
  readonly #session: StepSession;
  readonly #drops: boolean;
  /** Oids of what was INVALID before the first try. */
  #before: ReadonlySet<string> = new Set();
  #level = "notice";
  readonly #seen = new Set<string>();
  /** Names of those that the try under way has begun to build. */
  readonly #building = new Set<string>();

  constructor(session: StepSession, { statements }: StepPlan) {
    this.#session = session;
    this.#drops = /^drop\b/i.test(statements[0]!.text);
  }

  /** To be called before the first try. @throws what the server says */
  async begin(): Promise<void> {
    const { client } = this.#session;
    const { rows } = await client.query<{ oid: string }>(migrateSql("invalid_before.sql"));
    this.#before = new Set(rows.map(({ oid }) => oid));
    const { rows: [set] } = await client.query<{ before: string }>(migrateSql("tell_building.sql"));
    this.#level = set!.before;
    client.on("notice", this.#told);
  }

  /** Watches one try. */
  async during(attempt: () => Promise<void>): Promise<void> {
    this.#building.clear();
    const over = new AbortController();
    const looking = this.#look(over.signal);
    try {
      await attempt();
    } finally {
      over.abort();
      await looking;
    }
  }

  /** Those of the try that failed, or of one before it, among INVALID ones of the name that the statement's has. */
  among<Found extends { readonly oid: string; readonly index: string }>(found: readonly Found[]): Found[] {
    const later = found.filter(({ oid }) => !this.#before.has(oid));
    for (const name of this.#building) {
      const [one, ...more] = later.filter(({ index }) => index === name);
      // Two are in two schemas, and which of them it was the server has not said.
      if (one !== undefined && more.length === 0) this.#seen.add(one.oid);
    }
    // Whoever takes the name later is somebody else.
    this.#building.clear();
    return later.filter(({ oid }) => this.#seen.has(oid));
  }

  /** Whether it has made any. */
  get any(): boolean {
    return this.#seen.size + this.#building.size > 0;
  }

  /** Never throws: the session may be gone. */
  async end(): Promise<void> {
    const { client } = this.#session;
    client.off("notice", this.#told);
    await client.query("SELECT set_config('client_min_messages', $1, false)", [this.#level]).catch(() => {});
  }

  readonly #told = ({ routine, message = "" }: Notice) => {
    const [, name] = routine === "index_build" ? /"([^"]+)"/.exec(message) ?? [] : [];
    if (name !== undefined) this.#building.add(name);
  };

  async #look(over: AbortSignal): Promise<void> {
    const { holders, pid, beganAt, signal } = this.#session;
    const sql = migrateSql("indexes_under_way.sql");
    try {
      while (!over.aborted) {
        const { rows } = await holders.client.query<{ oid: string }>(sql, [pid, beganAt, this.#drops]);
        for (const { oid } of rows) this.#seen.add(oid);
        // An interruption cancels the statement at once: that may be the last that can be seen of it.
        const ends = signal.aborted ? over : AbortSignal.any([over, signal]);
        await sleep(this.#seen.size === 0 ? SOON_MS : KNOWN_MS, ends).catch(() => {});
      }
    } catch {
      // Nobody can tell: what is left is told and not removed.
    }
  }
}
