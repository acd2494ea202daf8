import { embeddedConnection } from "../../move/embedded_connection.ts";
import type { MoveOptions, MoveOutcome } from "../../move/move_options.ts";
import { moveServer } from "../../move/move_server.ts";
import type { ClientGate } from "../../model/client_gate.ts";
import { ServiceError } from "../../model/errors.ts";
import { counted } from "../../model/units.ts";
import { sleep } from "../../net/sleep.ts";
import { newRunId } from "../../pipeline/run_id.ts";
import { withClient } from "../../seed/connect.ts";
import { PRIMARY_CLUSTER } from "../../stack/postgres_cluster.ts";
import { type TrialPostgres, withTrialPostgres } from "../../stack/postgres_trial.ts";
import { racesSql } from "./races_sql.ts";
import { type RacingWrites, startRacingClient } from "./racing_client.ts";

/** The old server's refusal of a write. */
const FENCED = "25006";
/** So long a client that goes on writing may go unrefused once others have gone over, ms. */
const REFUSED_WITHIN_MS = 10_000;

/** A move beside which a client goes on to write at the old server. */
export interface Race {
  /** The fence does not bind its session. */
  readonly past: boolean;
  readonly acknowledged: number;
  readonly refused: number;
  /** What went wrong with its writes; null: each was caught. */
  readonly wrong: string | null;
}

/** What races take, and who is told of each. */
export interface RacesOptions {
  /** Servers of their own lie in it while they run. */
  readonly home: string;
  /** Of each kind. */
  readonly races: number;
  readonly signal: AbortSignal;
  readonly onRace: (made: readonly Race[]) => void;
}

/**
 * Moves a small database between two servers again and again while a client writes on at the old one: in turn one that the
 * fence binds, and one that it does not.
 */
export function makeRaces({ home, races, signal, onRace }: RacesOptions): Promise<readonly Race[]> {
  return withTrialPostgres(
    home,
    (source) =>
      withTrialPostgres(home, async (target) => {
        const made: Race[] = [];
        for (let nth = 0; nth < 2 * races; nth++) {
          made.push(await race(source, target, nth % 2 === 1, signal));
          onRace(made);
        }
        return made;
      }, signal),
    signal,
  );
}

/** One move, with one client that hears nothing of it. */
async function race(
  source: TrialPostgres,
  target: TrialPostgres,
  past: boolean,
  signal: AbortSignal,
): Promise<Race> {
  await withClient(source.url, (client) => client.query(racesSql("shop")));
  const client = await startRacingClient(source.url, past);
  let outcome: MoveOutcome;
  try {
    outcome = await move(source, target, signal);
    // Where others have gone over it is refused, sooner or later: its next write, once that is there.
    if (outcome.done) await Promise.race([client.firstRefused, sleep(REFUSED_WITHIN_MS, signal)]);
  } finally {
    await client.stop();
  }
  const { acknowledged, refused } = client.writes;
  const { url } = outcome.at === "target" ? target : source;
  const { rows: missing } = await withClient(
    url,
    (client) => client.query<{ n: number }>(racesSql("missing"), [acknowledged]),
  );
  const left = [...outcome.left, ...await outcome.finish()];
  if (left.length > 0) {
    throw new ServiceError(`Cannot go on after a move that left something: ${left.join(" ")}`);
  }
  for (const { url } of [source, target]) {
    await withClient(url, (client) => client.query("DROP SCHEMA IF EXISTS shop CASCADE"));
  }
  return {
    past,
    acknowledged: acknowledged.length,
    refused: refused.length,
    wrong: wrongOf(outcome, client.writes, missing.length, past),
  };
}

/** A write that the fence does not refuse is to be named before clients go over. */
export function wrongOf(
  { done, at, stopped }: Pick<MoveOutcome, "done" | "at" | "stopped">,
  { acknowledged, refused }: RacingWrites,
  missing: number,
  past: boolean,
): string | null {
  if (missing > 0) {
    return `${missing} of ${counted(acknowledged.length, "acknowledged write")} missing at the ${at}`;
  }
  if (past) {
    if (done) return "clients went over, though a write got past the fence";
    return /must hold the same rows/.test(stopped!) ? null : stopped!;
  }
  if (!done) return stopped ?? "it did not come to an end";
  const other = refused.find((code) => code !== FENCED);
  if (other !== undefined) return `a write ended with ${other}`;
  return refused.length > 0 ? null : "the old server refused no write";
}

async function move(source: TrialPostgres, target: TrialPostgres, signal: AbortSignal): Promise<MoveOutcome> {
  const runId = newRunId();
  const there = await embeddedConnection(target.home, runId, PRIMARY_CLUSTER, source.url);
  const back = await embeddedConnection(source.home, runId, PRIMARY_CLUSTER, target.url);
  const beganMs = performance.now();
  const options: MoveOptions = {
    home: source.home,
    runId,
    variant: "safe",
    source: { url: source.url, embedded: true, connection: there.connection },
    target: { url: target.url, embedded: true, connection: back.connection },
    schemas: ["shop"],
    andBack: false,
    // A busy machine is no fault.
    pauseMs: 60_000,
    gate: OPEN,
    nowUs: () => (performance.now() - beganMs) * 1000,
    onRecord: () => {},
    onSample: () => {},
    signal,
  };
  try {
    return await moveServer(options);
  } finally {
    there.remove();
    back.remove();
  }
}

/** Nobody waits at it. */
const OPEN: ClientGate = {
  prepare: () => Promise.resolve(),
  close: () => Promise.resolve(),
  open: () => Promise.resolve(),
};
