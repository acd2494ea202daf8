import { Client } from "pg";
import type { ConnectionPurpose } from "../model/session_name.ts";
import { sessionName } from "../model/session_name.ts";
import { sleep } from "../net/sleep.ts";
import { RUN_ID } from "./testing_steps.ts";

/** A session as a run has them, whose statement is known to wait. */
export class TestSession extends Client {
  get pid(): number {
    return (this as unknown as { processID: number }).processID;
  }

  /** Resolves once it waits for a lock. */
  waits(seen: Client): Promise<void> {
    return waits(seen, this.pid);
  }
}

/** Resolves once the session of a process waits for a lock. */
export async function waits(seen: Client, pid: number): Promise<void> {
  for (;;) {
    const { rows } = await seen.query("SELECT FROM pg_locks WHERE pid = $1 AND NOT granted", [pid]);
    if (rows.length > 0) return;
    await sleep(2);
  }
}

/** Resolves once a watch has looked at everything that is so now. */
export async function looked(seen: Client): Promise<void> {
  const begun = async () =>
    (await seen.query<{ begun: Date | null }>(
      `SELECT max(query_start) AS begun FROM pg_stat_activity
       WHERE application_name = $1 AND datname = current_database() AND query LIKE '%pg_blocking_pids%'`,
      [sessionName(RUN_ID, "locks")],
    )).rows[0]?.begun?.getTime();
  // One that is under way may have begun before; once another has begun after the next, that has ended.
  for (let last = await begun(), looks = 0; looks < 3; await sleep(2)) {
    const now = await begun();
    // What a connection sets as it opens, anew after a crash, is no look.
    if (now === undefined || now === last) continue;
    looks++;
    last = now;
  }
}

/** Opens sessions of a run, and ends them when it is disposed. */
export class TestSessions implements AsyncDisposable {
  readonly #opened: TestSession[] = [];

  constructor(readonly url: string) {}

  /** @param role null: somebody's who has nothing to do with the run */
  async open(role: ConnectionPurpose | null): Promise<TestSession> {
    const session = new TestSession({
      connectionString: this.url,
      application_name: role === null ? "their-app" : sessionName(RUN_ID, role),
    });
    session.on("error", () => {});
    await session.connect();
    this.#opened.push(session);
    return session;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // A failed test leaves some waiting: those that hold them up go with them.
    const [first] = this.#opened;
    const others = this.#opened.slice(1).map(({ pid }) => pid);
    await first?.query("ROLLBACK; SELECT").catch(() => {});
    await first?.query("SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS pid", [others]).catch(
      () => {},
    );
    await Promise.all(this.#opened.map((session) => session.end().catch(() => {})));
  }
}
