import type { MoveSide } from "../model/client_gate.ts";
import type { MigrationPrediction } from "../model/prediction.ts";
import type { Sample } from "../model/run.ts";
import { checkMove } from "../move/check_move.ts";
import type { MoveOptions, MoveOutcome } from "../move/move_options.ts";
import { moveServer } from "../move/move_server.ts";
import { waitAtMost } from "../net/time_limit.ts";
import type { Change, ChangeContext, OtherWriters } from "./change.ts";
import { gateOf } from "./gates.ts";
import type { Migrating } from "./migrating.ts";
import { lookForRoom } from "./move_room.ts";
import type { MoveServers } from "./move_servers.ts";
import { predictedMove } from "./move_prediction.ts";
import { schemasOf } from "./own_tables.ts";
import type { SystemUnderTest } from "./system_under_test.ts";

/** Clients wait at a switch for this share of what a request may take at the most, and for so long, ms. */
const PAUSE = { share: 0.6, mostMs: 5000 };

/** A move that the end of a run has cut short undoes what it has made for so long, ms. */
const ENDING_MS = 4000;

/** The move of a database to another server. */
export class MoveChange implements Change {
  readonly #system: SystemUnderTest;
  readonly #migrating: Migrating;
  readonly #servers: MoveServers;
  #context: ChangeContext | null = null;
  #making: Promise<MoveOutcome> | null = null;
  #finished = false;
  /** Once it is checked. */
  predicted: MigrationPrediction | null = null;

  constructor(system: SystemUnderTest, migrating: Migrating, servers: MoveServers) {
    this.#system = system;
    this.#migrating = migrating;
    this.#servers = servers;
  }

  get databases(): [string, string] {
    return [this.#servers.source.url, this.#servers.target.url];
  }

  /**
   * Looks whether it can be made, before there is a load.
   * @throws {UsageError} with all that stands against it
   * @throws {ServiceError} where there is no room for it
   */
  async check(): Promise<void> {
    const nobody = () => {};
    const { signal } = this.#system;
    const idle = { signal, nowUs: () => 0, record: nobody, sample: nobody };
    await checkMove(this.#options(idle));
    await lookForRoom(this.#system);
    this.predicted = await predictedMove(this.#system, this.#migrating, this.#servers);
  }

  async make(context: ChangeContext): Promise<void> {
    this.#context = context;
    this.#making = moveServer(this.#options(context));
    const { pauses, stopped, notes, cleaned, left, compared } = await this.#making;
    const { sample, tell } = context;
    sample(
      pauses.map(({ at, startUs, endUs }) => rowOf(endUs, "pause_ms", (endUs - startUs) / 1000, { to: at })),
    );
    if (stopped !== null) tell(stopped);
    tell(
      ...notes,
      ...cleaned,
      ...left,
      ...compared.flatMap(({ different, notes }) => [...different, ...notes]),
    );
  }

  #options(
    { signal, nowUs, record, sample }: Pick<ChangeContext, "signal" | "nowUs" | "record" | "sample">,
  ): MoveOptions {
    const { config: { home }, scenario, runId } = this.#system;
    const { config: { variant, move } } = this.#migrating;
    const { source, target } = this.#servers;
    return {
      home,
      runId,
      variant: variant === "naive" ? "naive" : "safe",
      source,
      target,
      schemas: schemasOf(scenario),
      andBack: move!.andBack,
      // A switch that does not come off is to fail no request.
      pauseMs: Math.min(PAUSE.mostMs, PAUSE.share * scenario.timeout * 1000),
      gate: gateOf(this.#system, this.#servers, this.#migrating.onSwitch),
      nowUs,
      onRecord: record,
      onSample: ({ atUs, metric, value }) => sample([rowOf(atUs, metric, value)]),
      signal,
    };
  }

  async settled(): Promise<[string, ...string[]]> {
    const outcome = await this.#ended();
    const here = outcome?.at ?? "source";
    const other = here === "source" ? "target" : "source";
    const { nowUs, sample, tell } = this.#told;
    // What is not known to be there is no evidence that a write was lost.
    const isCarried = !this.#system.signal.aborted && await outcome?.carried().catch((error: Error) => {
      tell(`${error.message}. The ledger is of the ${here} alone.`);
      return false;
    });
    const sides: MoveSide[] = [here, ...isCarried ? [other] as const : []];
    sample(sides.map((at) => rowOf(nowUs(), "proven", at === here ? 1 : 0, { at })));
    const [first, ...more] = sides.map((side) => this.#servers[side].url);
    return [first!, ...more];
  }

  /** In place there may be other clients than the load. */
  get others(): OtherWriters | null {
    if (this.#migrating.place !== "in-place") return null;
    const { nowUs, sample, tell } = this.#told;
    return {
      wrote: async (tables) => {
        const compared =
          await (await this.#ended())?.compareAgain(tables, this.#system.signal).catch((error: Error) => {
            tell(`${error.message}.`);
          }) ?? null;
        if (compared === null) return null;
        tell(...compared.different.map((text) => `The servers differ: ${text}.`), ...compared.notes);
        return compared.different.length > 0 ? false : compared.notes.length > 0 ? null : true;
      },
      keep: (wrote) => {
        if (wrote !== null) sample([rowOf(nowUs(), "others_wrote", wrote ? 1 : 0)]);
      },
    };
  }

  async finish(): Promise<void> {
    const outcome = await this.#ended();
    const left = await outcome?.finish() ?? [];
    if (this.#finished) return;
    this.#finished = true;
    for (const line of left) this.#system.terminal.print(`! ${line}`);
    this.#system.leftClones.push(...left);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.finish();
  }

  /** Nothing is told of what was never begun. */
  get #told(): Pick<ChangeContext, "nowUs" | "sample" | "tell"> {
    return this.#context ?? { nowUs: () => 0, sample: () => {}, tell: () => {} };
  }

  /** What came of it, which an interrupt may have to wait for; null: it was never begun, or could not be. */
  async #ended(): Promise<MoveOutcome | null> {
    let outcome: MoveOutcome | null = null;
    const making = this.#making?.then((made) => void (outcome = made), () => {});
    if (making !== undefined) await waitAtMost(ENDING_MS, making);
    return outcome;
  }
}

/** What the samples of a move are called. */
const SOURCE = "move";

function rowOf(atUs: number, metric: string, value: number, labels: Sample["labels"] = {}): Sample {
  return { atUs: Math.round(atUs), source: SOURCE, metric, labels, value };
}
