import {
  goOnCommand,
  type InPlaceRecord,
  keepInPlace,
  newInPlace,
  READ_ONLY_INSTEAD,
  takenUp,
} from "../migrate/in_place.ts";
import { halfDone } from "../migrate/leftovers.ts";
import type { StepsOutcome } from "../migrate/run_steps.ts";
import type { StepRecord } from "../model/migration.ts";
import { sessionName } from "../model/session_name.ts";
import { placeOfUrl } from "../postgres/place.ts";
import { withClient } from "../seed/connect.ts";
import type { Migrating } from "./migrating.ts";
import type { SystemUnderTest } from "./system_under_test.ts";

/** Keeps on disk how far the change of a user's own database has come, from before the load until after it. */
export class InPlace {
  readonly #home: string;
  readonly #migrating: Migrating;
  #record: InPlaceRecord;

  private constructor(home: string, migrating: Migrating, record: InPlaceRecord) {
    this.#home = home;
    this.#migrating = migrating;
    this.#record = record;
    keepInPlace(home, record);
  }

  /** Before the load. */
  static async prepare(
    { config: { home }, databaseUrl, runId, signal, scenario, data }: SystemUnderTest,
    migrating: Migrating,
  ): Promise<InPlace> {
    const { database, at } = placeOfUrl(databaseUrl);
    const { indexes, constraints } = await withClient(databaseUrl, (client) => halfDone(client, 0), {
      name: sessionName(runId, "migration"),
      signal,
    });
    const before = { indexes: [...indexes], constraints: [...constraints] };
    const options = [
      ...["--scenario", scenario.givenPath ?? scenario.name],
      ...data === null ? [] : ["--scale", data.scale],
    ];
    const file = migrating.config.file!;
    return new InPlace(home, migrating, newInPlace({ runId, file, options, database, at, before }));
  }

  /** Before anything is changed: what an earlier run had left of it is gone on with. */
  begin(): void {
    takenUp(this.#home, this.#record);
    keepInPlace(this.#home, this.#record);
  }

  /** A statement has begun, or ended. */
  at({ step, statement, file, endUs, error, errorCode }: StepRecord): void {
    const ended = endUs !== null && error === null && errorCode === null;
    const last = this.#record.statement;
    const plan = this.#migrating.plan.steps.find((each) => each.step === step)!.statements[statement - 1]!;
    if (last !== null && last.file === file && last.line === plan.line && last.ended === ended) return;
    this.#keep({ statement: { file, line: plan.line, shown: plan.shown, ended } });
  }

  /** Its steps are over. @returns what goes on with it where it has stopped, a sentence */
  ended({ stopped, interrupted }: Pick<StepsOutcome, "stopped" | "interrupted">): string[] {
    if (stopped === null) {
      this.#keep({ done: true });
      return [];
    }
    const { file, move, statements } = this.#migrating.plan.steps.find(({ step }) => step === stopped.step)!;
    // What was one transaction has left nothing.
    const whole = "oneTransaction" in move && move.oneTransaction;
    const { line } = statements[whole ? 0 : stopped.statement - 1]!;
    const command = goOnCommand(this.#record, { file, line });
    return [
      `${
        interrupted ? "" : "Once that is mended "
      }${command} goes on with it. Where it says that the load cannot be taken ` +
      `back from what is changed by now, ${READ_ONLY_INSTEAD}.`,
    ];
  }

  #keep(more: Partial<InPlaceRecord>): void {
    this.#record = { ...this.#record, ...more };
    keepInPlace(this.#home, this.#record);
  }
}
