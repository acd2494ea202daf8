import {
  forgetInPlace,
  goOnCommand,
  type InPlaceRecord,
  keepInPlace,
  newInPlace,
  takenUp,
} from "../migrate/in_place.ts";
import type { StoppedAt } from "../migrate/stopped_at.ts";
import type { StepRecord } from "../model/migration.ts";
import { placeOfUrl } from "../postgres/place.ts";
import type { Migrating } from "./migrating.ts";
import type { SystemUnderTest } from "./system_under_test.ts";

/** Keeps on disk how far the change of a user's own database has come, while it is made. */
export class InPlace {
  readonly #home: string;
  readonly #migrating: Migrating;
  #record: InPlaceRecord;

  constructor({ config: { home }, databaseUrl, runId }: SystemUnderTest, migrating: Migrating) {
    const { database, at } = placeOfUrl(databaseUrl);
    this.#home = home;
    this.#migrating = migrating;
    this.#record = newInPlace({ runId, file: migrating.config.file!, database, at });
  }

  /** Before anything is changed; what an earlier run had left of it is gone on with. */
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
    this.#record = { ...this.#record, statement: { file, line: plan.line, shown: plan.shown, ended } };
    keepInPlace(this.#home, this.#record);
  }

  /** What goes on with it once what stopped it is mended, as a sentence. */
  goOn({ step, statement }: Pick<StoppedAt, "step" | "statement">): string {
    const { file, move, statements } = this.#migrating.plan.steps.find((each) => each.step === step)!;
    // What was one transaction has left nothing.
    const whole = "oneTransaction" in move && move.oneTransaction;
    const { line } = statements[whole ? 0 : statement - 1]!;
    return `Once that is mended ${
      goOnCommand(this.#record, { file, line })
    } goes on with it, with a --scenario that only ` +
      "reads where the load would write into what is changed.";
  }

  /** It is over, however it ended: that is told. */
  end(): void {
    forgetInPlace(this.#home, this.#record.runId);
  }
}
